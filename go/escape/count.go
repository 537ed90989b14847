// Twin: crates/escape/src/count.rs

package escape

import "memory.example/pairs/pair"

// allocationsOf returns how many allocations this many calls make, the same for each; the least of three tries,
// for the runtime allocates a little for itself at times. It is not inlined, so that nothing is known of the
// function.
//
//go:noinline
func allocationsOf[N, T any](calls int, call func(N) T, n N) int {
	least := 0
	for try := range 3 {
		before := pair.HeapNow()
		for range calls {
			call(n)
		}
		if made := pair.HeapNow().Since(before).Allocations / calls * calls; try == 0 || made < least {
			least = made
		}
	}
	return least
}

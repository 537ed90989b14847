// Twin: crates/allocation/src/lib.rs

// Package allocation is short-lived slices that a compiler may see through.
package allocation

// Length is the number of integers in each of the article's slices.
const Length = 100

// AsWritten makes slices as the article does: nothing uses them.
func AsWritten(count int) {
	for range count {
		s := make([]int, 100)
		_ = s
	}
}

// Removable makes slices that the compiler may remove: it sees their use.
func Removable(count, length int) int {
	sum := 0
	for i := range count {
		// Not on the heap where this is inlined and the length is a constant.
		sum += touch(make([]int, length), i)
	}
	return sum
}

// Observed makes slices for a function that looks at them and keeps none.
func Observed(count, length int) int {
	sum := 0
	for i := range count {
		// On the stack, under the same condition.
		sum += touchUnseen(make([]int, length), i)
	}
	return sum
}

// Escaping makes slices that other code could keep, so they need the heap.
func Escaping(count, length int) int {
	sum := 0
	for i := range count {
		s := make([]int, length)
		sum += touch(s, i)
		// Freed by the collector, at some time.
		sink = s
	}
	return sum
}

// sink is a variable that any code of this package could read.
//
//lint:ignore U1000 It is written so that slices escape.
var sink []int

// touch writes the first element and reads it back; the length is added.
func touch(s []int, value int) int {
	if len(s) == 0 {
		return 0
	}
	s[0] = value
	return len(s) + s[0]
}

// touchUnseen does the same where the caller's compiler cannot see it.
//
//go:noinline
func touchUnseen(s []int, value int) int {
	return touch(s, value)
}

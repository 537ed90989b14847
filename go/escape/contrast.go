// Twin: crates/escape/src/contrast.rs

package escape

import (
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"memory.example/pairs/pair"
)

// Contrast tells the facts that differ.
func Contrast(facts *pair.Facts) error {
	defer profileAll()()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	calls := facts.Count() / 10
	tell := func(what string, allocations int) {
		facts.Add(fmt.Sprintf("allocations of %d calls, %s", calls, what), allocations)
	}
	tell("local", allocationsOf(calls, Local, 1000))
	tell("heap", allocationsOf(calls, Heap, 1000))
	tell("fleeting", allocationsOf(calls, Fleeting, 1000))
	tell("lent", allocationsOf(calls, Lent, 1000))
	tell("counter", allocationsOf(calls, Counter, 1000))
	tell("counter, copied into its caller", allocationsOf(calls, func(n int) int { return Counter(n)() }, 1000))
	tell("any_shape", allocationsOf(calls, AnyShape, 1000))
	tell("measured", allocationsOf(calls, Measured, 1000))
	tell("any_value of 7", allocationsOf(calls, AnyValue, 7))
	tell("any_value of 1000", allocationsOf(calls, AnyValue, 1000))
	tell("known", allocationsOf(calls, Known, 1000))
	tell("unknown of 4", allocationsOf(calls, Unknown, 4))
	tell("unknown of 1000", allocationsOf(calls, Unknown, 1000))
	tell("grown of 4", allocationsOf(calls, Grown, 4))
	tell("grown of 1000", allocationsOf(calls, Grown, 1000))
	tell("table of 4", allocationsOf(calls, Table, 4))
	tell("table of 1000", allocationsOf(calls, Table, 1000))
	tell("joined", allocationsOf(calls, Joined, 1000))
	tell("copied", allocationsOf(calls, Copied, 1000))
	tell("spawned", allocationsOf(calls, Spawned, 1000))
	smallSlices(facts, calls)
	facts.Add("lines that allocated", strings.Join(linesThatAllocated(), " "))
	return nil
}

// allocationsOf returns how many allocations so many calls make, the same for each; the least of three tries,
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

// profileAll lets the runtime note the line of every allocation until the returned function is called.
func profileAll() (stop func()) {
	rate := runtime.MemProfileRate
	runtime.MemProfileRate = 1
	return func() { runtime.MemProfileRate = rate }
}

// linesThatAllocated returns the lines of the teaching file on whose behalf something was allocated.
func linesThatAllocated() []string {
	// The profile is that of the last but one collection.
	runtime.GC()
	runtime.GC()
	records := make([]runtime.MemProfileRecord, 10_000)
	n, _ := runtime.MemProfile(records, true)
	seen := map[int]bool{}
	for _, record := range records[:min(n, len(records))] {
		frames := runtime.CallersFrames(record.Stack())
		for more := true; more; {
			var frame runtime.Frame
			frame, more = frames.Next()
			if filepath.Base(frame.File) == "escape.go" {
				seen[frame.Line] = true
				break
			}
		}
	}
	var lines []string
	for _, line := range slices.Sorted(maps.Keys(seen)) {
		lines = append(lines, strconv.Itoa(line))
	}
	return lines
}

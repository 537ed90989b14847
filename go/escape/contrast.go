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

// Contrast prints the facts that differ.
func Contrast(facts *pair.Facts) error {
	defer profileAll()()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	calls := facts.Count() / 10
	add := func(what string, allocations int) {
		facts.Add(fmt.Sprintf("allocations of %d calls, %s", calls, what), allocations)
	}
	add("local", allocationsOf(calls, Local, 1000))
	add("heap", allocationsOf(calls, Heap, 1000))
	add("fleeting", allocationsOf(calls, Fleeting, 1000))
	add("lent", allocationsOf(calls, Lent, 1000))
	add("counter", allocationsOf(calls, Counter, 1000))
	add("counter, copied into its caller", allocationsOf(calls, func(n int) int { return Counter(n)() }, 1000))
	add("any_shape", allocationsOf(calls, AnyShape, 1000))
	add("measured", allocationsOf(calls, Measured, 1000))
	add("any_value of 7", allocationsOf(calls, AnyValue, 7))
	add("any_value of 1000", allocationsOf(calls, AnyValue, 1000))
	add("known", allocationsOf(calls, Known, 1000))
	add("unknown of 4", allocationsOf(calls, Unknown, 4))
	add("unknown of 1000", allocationsOf(calls, Unknown, 1000))
	add("grown of 4", allocationsOf(calls, Grown, 4))
	add("grown of 1000", allocationsOf(calls, Grown, 1000))
	add("table of 4", allocationsOf(calls, Table, 4))
	add("table of 1000", allocationsOf(calls, Table, 1000))
	add("joined", allocationsOf(calls, Joined, 1000))
	add("copied", allocationsOf(calls, Copied, 1000))
	add("spawned", allocationsOf(calls, Spawned, 1000))
	smallSlices(facts, calls)
	facts.Add("lines that allocated", strings.Join(linesThatAllocated(), " "))
	return nil
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

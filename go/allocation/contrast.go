// Twin: crates/allocation/src/contrast.rs

package allocation

import (
	"fmt"
	"runtime/debug"

	"memory.example/pairs/pair"
)

// Contrast prints the facts that differ.
func Contrast(facts *pair.Facts) error {
	// No collection from here on: one that is under way would free what a fact before has left.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	slices := facts.Count()
	// Each call stands here by itself, so that the compiler can know its length.
	known := []struct {
		form string
		heap pair.Heap
	}{
		{"as written", heapOf(func() { AsWritten(slices) })},
		{"removable", heapOf(func() { Removable(slices, Length) })},
		{"observed", heapOf(func() { Observed(slices, Length) })},
		{"escaping", heapOf(func() { Escaping(slices, Length) })},
	}
	for _, k := range known {
		facts.Add(fmt.Sprintf("allocations of %d, %s", slices, k.form), k.heap.Allocations)
	}
	forms := []struct {
		form string
		make func(count, length int) int
	}{
		{"removable", Removable},
		{"observed", Observed},
		{"escaping", Escaping},
	}
	for _, f := range forms {
		for _, length := range []int{Length, 4, 0} {
			heap := heapOf(func() { f.make(slices, length) })
			name := fmt.Sprintf("allocations of %d, %s, length %d at run time", slices, f.form, length)
			facts.Add(name, heap.Allocations)
		}
	}
	heap := heapOf(func() { Escaping(slices, Length) })
	// Whole bytes for each slice: the runtime allocates a little for itself at times.
	facts.Add(fmt.Sprintf("bytes that %d escaping slices of %d take", slices, Length), heap.Allocated/slices*slices)
	facts.Add(fmt.Sprintf("freed of %d escaping slices when the loop ends, no collection", slices), heap.Frees)
	return nil
}

// heapOf returns what the heap was asked for; the least of three tries, for the runtime allocates a
// little for itself at times.
func heapOf(work func()) pair.Heap {
	var least pair.Heap
	for try := range 3 {
		before := pair.HeapNow()
		work()
		if heap := pair.HeapNow().Since(before); try == 0 || heap.Allocations < least.Allocations {
			least = heap
		}
	}
	return least
}

// Twin: crates/pauses/src/contrast.rs

package pauses

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"memory.example/pairs/pair"
)

// Contrast prints the facts that differ.
func Contrast(facts *pair.Facts) error {
	// Collection is off, so that what is freed at once is freed by the calls themselves.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	count, requests := facts.Count(), 100*facts.Count()
	all, some := 25*count, (count+99)/100
	heap := newHeap(pair.NewTally())
	for range all {
		heap.Open(heap.visit)
	}
	pair.Settle()
	before := heap.tally.Freed()
	// freed prints the number of freed visits since the last time, before a collection and after it.
	freed := func() string {
		atOnce := heap.tally.Freed() - before
		pair.Settle()
		later := heap.tally.Freed() - before
		before += later
		return fmt.Sprintf("%d, %d", atOnce, later)
	}

	heap.Requests(requests, 1, heap.visit)
	name := fmt.Sprintf("visits that %d requests freed before they returned, and by settle", requests)
	facts.Add(name, freed())

	for range some {
		heap.Close()
	}
	name = fmt.Sprintf("visits that closing %d sessions freed before it returned, and by settle", some)
	facts.Add(name, freed())

	rest, blocks := heap.Live(), pair.HeapNow()
	heap.CloseAll()
	givenBack := pair.HeapNow().Since(blocks).Frees
	name = fmt.Sprintf("visits that closing %d sessions at once freed, and by settle", rest)
	facts.Add(name, freed())
	facts.Add("blocks that it gave back before it returned", givenBack)
	runtime.KeepAlive(heap)
	return nil
}

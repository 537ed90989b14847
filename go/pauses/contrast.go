// Twin: crates/pauses/src/contrast.rs

package pauses

import (
	"runtime/debug"
	"runtime/metrics"

	"memory.example/pairs/pair"
)

// Contrast tells the facts that differ.
func Contrast(facts *pair.Facts) error {
	heap := newHeap()
	for range 25_000 {
		heap.Open(heap.visit)
	}

	cycles, pauses := collections()
	heap.Requests(100_000, 1, heap.visit)
	cyclesAfter, pausesAfter := collections()
	facts.Add("collections during 100000 requests", cyclesAfter-cycles)
	facts.Add("pauses of the whole program meanwhile", pausesAfter-pauses)

	// Collection is off, so that what is freed is freed by the calls themselves.
	percent := debug.SetGCPercent(-1)
	defer debug.SetGCPercent(percent)
	pair.Settle()
	freed := heap.tally.Freed()
	freedHere := func() int { return heap.tally.Freed() - freed }
	heap.Requests(100_000, 1, heap.visit)
	facts.Add("visits that the requests freed before they returned", freedHere())

	heap.Close()
	facts.Add("visits that closing one session freed before it returned", freedHere())

	before := pair.HeapNow()
	heap.CloseAll()
	givenBack := pair.HeapNow().Since(before).Frees
	facts.Add("visits that closing all sessions freed before it returned", freedHere())
	facts.Add("blocks that it gave back", givenBack)
	return nil
}

// collections returns how many collections there were, and how often they stopped the whole program.
func collections() (cycles, pauses uint64) {
	samples := []metrics.Sample{
		{Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/sched/pauses/total/gc:seconds"},
	}
	metrics.Read(samples)
	for _, count := range samples[1].Value.Float64Histogram().Counts {
		pauses += count
	}
	return samples[0].Value.Uint64(), pauses
}

// Twin: crates/reclaim/src/contrast.rs

package reclaim

import (
	"runtime/debug"
	"runtime/metrics"

	"memory.example/pairs/pair"
)

// Contrast tells the facts that differ.
func Contrast(facts *pair.Facts) error {
	// Collection is off, so that none comes by chance before we look.
	percent := debug.SetGCPercent(-1)
	pair.Settle()
	tally := pair.NewTally()
	newData := func() counting { return pair.NewCounted(tally, Filled(1024, 1)) }
	AllocateData(1000, newData, nothing)
	facts.Add("freed of 1000 buffers at the end of their scopes", tally.Freed())

	tally = pair.NewTally()
	window := NewWindow[counting](10)
	for range 1000 {
		window.Keep(newData())
	}
	facts.Add("freed of 1000 buffers behind a window of 10", tally.Freed())

	before := pair.HeapNow()
	AllocateData(1000, func() []byte { return Filled(1024, 1) }, nothing)
	facts.Add("bytes given back of 1000 buffers of 1024 bytes", pair.HeapNow().Since(before).Freed)

	debug.SetGCPercent(percent)
	cycles, pauses := collections()
	AllocateData(100_000, func() []byte { return Filled(1024, 1) }, nothing)
	cyclesAfter, pausesAfter := collections()
	facts.Add("collections while 100000 such buffers are made", cyclesAfter-cycles)
	facts.Add("pauses of the whole program meanwhile", pausesAfter-pauses)
	return nil
}

func nothing[B any](B) {}

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

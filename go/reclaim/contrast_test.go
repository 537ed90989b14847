// Twin: crates/reclaim/src/contrast.rs

package reclaim

import (
	"fmt"
	"runtime/metrics"
	"slices"
	"testing"

	"memory.example/pairs/pair"
)

func TestTheFactsFollowTheNumberOfBuffers(t *testing.T) {
	for _, c := range []struct{ count, places int }{{7, 1}, {1000, 10}} {
		lines, err := pair.FactsCollect(c.count, Contrast)
		if err != nil {
			t.Fatal(err)
		}
		expected := []string{
			fmt.Sprintf("freed of %d buffers at the end of their scopes, and after settle\t0, %d", c.count, c.count),
			fmt.Sprintf("freed of %d buffers behind a window of %d, and after settle\t0, %d",
				c.count, c.places, c.count-c.places),
			fmt.Sprintf("bytes given back of %d buffers of 1024 bytes, without a collection\t0", c.count),
		}
		if !slices.Equal(lines, expected) {
			t.Errorf("facts %q", lines)
		}
	}
}

// only here: Rust has no collections.
func TestEachCollectionStopsTheProgramOnceAtLeast(t *testing.T) {
	cycles, pauses := collections()
	AllocateData(100_000, func() []byte { return Filled(1024, 1) }, nothing)
	cyclesAfter, pausesAfter := collections()
	cycles, pauses = cyclesAfter-cycles, pausesAfter-pauses
	if cycles == 0 || pauses < cycles {
		t.Errorf("%d collections while 100 MB were made, and %d pauses of the whole program", cycles, pauses)
	}
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

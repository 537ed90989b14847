// Twin: crates/pauses/src/contrast.rs

package pauses

import (
	"fmt"
	"runtime/metrics"
	"slices"
	"testing"

	"memory.example/pairs/pair"
)

func TestTheFactsFollowTheNumberOfSessions(t *testing.T) {
	for _, c := range []struct{ count, some int }{{20, 1}, {1000, 10}} {
		lines, err := pair.FactsCollect(c.count, Contrast)
		if err != nil {
			t.Fatal(err)
		}
		requests, rest := 100*c.count, 25*c.count-c.some
		expected := []string{
			fmt.Sprintf("visits that %d requests freed before they returned, and by settle\t0, %d", requests, requests),
			fmt.Sprintf("visits that closing %d sessions freed before it returned, and by settle\t0, %d",
				c.some, 4*c.some),
			fmt.Sprintf("visits that closing %d sessions at once freed, and by settle\t0, %d", rest, 4*rest),
			"blocks that it gave back before it returned\t0",
		}
		if !slices.Equal(lines, expected) {
			t.Errorf("facts %q", lines)
		}
	}
}

// only here: Rust has no collections.
func TestACollectionComesDuringRequestsAndStopsTheProgram(t *testing.T) {
	sessions := opened(100_000)
	cycles, pauses := collections()
	sessions.Requests(100_000, 1, visitNow)
	cyclesAfter, pausesAfter := collections()
	cycles, pauses = cyclesAfter-cycles, pausesAfter-pauses
	if cycles == 0 || pauses < cycles {
		t.Errorf("%d collections during 100000 requests, and %d pauses of the whole program", cycles, pauses)
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

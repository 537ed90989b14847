package server

import (
	"slices"
	"testing"
	"time"
)

func TestARingKeepsTheKindsAndTimesOfTheLast(t *testing.T) {
	ring := newRing(64)
	var kinds []int64
	for range 100 {
		ring.time(func(pooled bool) {
			kind := int64(0)
			if pooled {
				kind = 1
			}
			kinds = append(kinds, kind)
			for begun := time.Now(); time.Since(begun) < 20*time.Microsecond; {
			}
		})
	}
	times := ring.times()
	if times.Seen != 100 || len(times.Requests) != 64 {
		t.Fatalf("%d seen and %d kept, want 100 and 64", times.Seen, len(times.Requests))
	}
	var seen []int64
	for i, request := range times.Requests {
		seen = append(seen, request[1])
		if i > 0 && request[0] < times.Requests[i-1][0] || request[2] < 20_000 {
			t.Errorf("%v is out of order or too short", request)
		}
	}
	if !slices.Equal(seen, kinds[36:]) || !slices.Contains(seen, 0) || !slices.Contains(seen, 1) {
		t.Errorf("%v, want %v", seen, kinds[36:])
	}
}

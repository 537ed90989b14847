// Twin: crates/pair/src/counted.rs

package pair

import (
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// alive is how many counted values live in this process, whatever tally counts them.
var alive atomic.Int64

// Tally is how many counted values were made, and how many of them were freed.
type Tally struct {
	made, freed atomic.Int64
}

// NewTally returns a tally with nothing made yet.
func NewTally() *Tally {
	return &Tally{}
}

// Made returns how many values were made.
func (t *Tally) Made() int {
	return int(t.made.Load())
}

// Freed returns how many values were freed.
func (t *Tally) Freed() int {
	return int(t.freed.Load())
}

// Alive returns how many values live.
func (t *Tally) Alive() int {
	return t.Made() - t.Freed()
}

// Counted is a payload that tells its tally when it is made and when it is freed.
type Counted[T any] struct {
	// Value is what it carries.
	Value T
	// The pointer also keeps it out of the blocks that the runtime shares among tiny objects, whose
	// cleanups wait for each other.
	tally *Tally
}

// NewCounted returns a value that the tally counts.
func NewCounted[T any](tally *Tally, value T) *Counted[T] {
	c := &Counted[T]{value, tally}
	tally.made.Add(1)
	alive.Add(1)
	runtime.AddCleanup(c, func(t *Tally) {
		t.freed.Add(1)
		alive.Add(-1)
	}, tally)
	return c
}

// outlive returns how many counted values live in this process after settling.
func outlive() int {
	if alive.Load() > 0 {
		Settle()
	}
	return int(alive.Load())
}

// Settle waits until all that was let go is freed: it collects until a round queues nothing new.
func Settle() {
	for {
		before := finished()
		runtime.GC()
		after := finished()
		if before == after {
			return
		}
	}
}

// finished waits until all queued cleanups and finalizers have run, and returns how many those were.
func finished() uint64 {
	samples := []metrics.Sample{
		{Name: "/gc/cleanups/queued:cleanups"},
		{Name: "/gc/cleanups/executed:cleanups"},
		{Name: "/gc/finalizers/queued:finalizers"},
		{Name: "/gc/finalizers/executed:finalizers"},
	}
	for {
		metrics.Read(samples)
		queued := samples[0].Value.Uint64() + samples[2].Value.Uint64()
		executed := samples[1].Value.Uint64() + samples[3].Value.Uint64()
		if queued == executed {
			return queued
		}
		time.Sleep(50 * time.Microsecond)
	}
}

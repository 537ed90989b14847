// Twin: crates/pair/src/counted.rs

package pair

import (
	"runtime"
	"runtime/metrics"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// alive is how many counted values live in this process, whatever tally counts them.
var alive atomic.Int64

// Tally is how many counted values were made, and how many of them were freed.
type Tally struct {
	made, freed atomic.Int64
	// each has each value by itself, in a trace.
	each *each
}

// each has the values of a traced script. Their numbers are counted from 1.
type each struct {
	mu sync.Mutex
	// names are what each value is called; empty for one that is called by its number.
	names []string
	// freed are the numbers of those freed since the trace looked last.
	freed []int
}

// NewTally returns a tally with nothing made yet.
func NewTally() *Tally {
	return &Tally{}
}

// tracedTally returns a tally that knows each value by itself.
func tracedTally() *Tally {
	return &Tally{each: &each{}}
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

// CountMade counts a value that was made, and returns its number, from 1.
func (t *Tally) CountMade(name string) int {
	if t.each != nil {
		t.each.mu.Lock()
		defer t.each.mu.Unlock()
		t.each.names = append(t.each.names, name)
	}
	return int(t.made.Add(1))
}

// CountFreed counts the value of this number as freed.
func (t *Tally) CountFreed(number int) {
	t.freed.Add(1)
	if t.each != nil {
		t.each.mu.Lock()
		defer t.each.mu.Unlock()
		t.each.freed = append(t.each.freed, number)
	}
}

// namesAfter returns the names of the values with a number above this one.
func (t *Tally) namesAfter(number int) []string {
	t.each.mu.Lock()
	defer t.each.mu.Unlock()
	return slices.Clone(t.each.names[number:])
}

// takeFreed takes the numbers of the values that were freed since the last call.
func (t *Tally) takeFreed() []int {
	t.each.mu.Lock()
	defer t.each.mu.Unlock()
	freed := t.each.freed
	t.each.freed = nil
	// Cleanups run in any order.
	slices.Sort(freed)
	return freed
}

// Counted is a payload that reports to its tally when it is made and when it is freed.
type Counted[T any] struct {
	// Value is what it carries.
	Value  T
	number int
	// The pointer also keeps it out of the blocks that the runtime shares among tiny objects, whose
	// cleanups wait for each other.
	tally *Tally
}

// NewCounted returns a value that the tally counts.
func NewCounted[T any](tally *Tally, value T) *Counted[T] {
	return NewNamed(tally, "", value)
}

// NewNamed returns a value that the tally counts, and that a trace calls by this name.
func NewNamed[T any](tally *Tally, name string, value T) *Counted[T] {
	c := &Counted[T]{value, tally.CountMade(name), tally}
	alive.Add(1)
	runtime.AddCleanup(c, func(number int) {
		tally.CountFreed(number)
		alive.Add(-1)
	}, c.number)
	return c
}

// Number returns its number among the values of its tally, from 1.
func (c *Counted[T]) Number() int {
	return c.number
}

// outlive returns how many counted values live in this process after settling.
func outlive() int {
	if alive.Load() > 0 {
		Settle()
	}
	return int(alive.Load())
}

// Settle waits until everything released is freed: it collects until a round queues nothing new.
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

// Collect collects once, and waits until the cleanups and finalizers that this queued have run.
func Collect() {
	runtime.GC()
	finished()
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

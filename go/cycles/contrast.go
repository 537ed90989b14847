// Twin: crates/cycles/src/contrast.rs

package cycles

import (
	"fmt"
	"runtime"

	"memory.example/pairs/pair"
)

// knot is a node with strong links both ways: here it is no mistake.
type knot struct {
	payload *pair.Counted[int]
	links   []*knot
}

// Contrast prints the facts that differ.
func Contrast(facts *pair.Facts) error {
	count := facts.Count()
	for _, on := range []struct {
		one string
		add func(*knot)
	}{
		{"", func(*knot) {}},
		{", a cleanup on one", func(k *knot) { runtime.AddCleanup(k, func(int) {}, 0) }},
		{", a finalizer on one", func(k *knot) { runtime.SetFinalizer(k, func(*knot) {}) }},
	} {
		tally := pair.NewTally()
		on.add(makeKnots(tally, count))
		pair.Settle()
		name := fmt.Sprintf("of %d nodes with strong links both ways%s: freed, alive", count, on.one)
		facts.Add(name, fmt.Sprintf("%d, %d", tally.Freed(), tally.Alive()))
	}

	tally := pair.NewTally()
	last := lastOfChain(tally, count)
	pair.Settle()
	name := fmt.Sprintf("alive of a chain of %d while its last node is held", count)
	facts.Add(name, tally.Alive())
	facts.Add("steps up from the node that is held", last.Depth())
	runtime.KeepAlive(last)
	return nil
}

// makeKnots returns the last of some nodes that each hold the one before and the one behind.
func makeKnots(tally *pair.Tally, count int) *knot {
	var before *knot
	for range count {
		before = newKnot(tally, before)
	}
	return before
}

// newKnot returns a node that holds the one before, and that the one before holds.
func newKnot(tally *pair.Tally, before *knot) *knot {
	made := &knot{payload: pair.NewCounted(tally, 0)}
	if before != nil {
		before.links = append(before.links, made)
		made.links = append(made.links, before)
	}
	return made
}

// lastOfChain returns the last of this many nodes, each below the one before; nobody holds the others.
func lastOfChain(tally *pair.Tally, count int) *counting {
	last := NewNode(pair.NewCounted(tally, 0))
	for number := 1; number < count; number++ {
		node := NewNode(pair.NewCounted(tally, number))
		last.Link(node)
		last = node
	}
	return last
}

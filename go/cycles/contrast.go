// Twin: crates/cycles/src/contrast.rs

package cycles

import (
	"runtime"
	"sync/atomic"

	"memory.example/pairs/pair"
)

// knot is a node with strong links both ways: here it is no mistake.
type knot struct {
	payload *pair.Counted[int]
	links   []*knot
}

// Contrast tells the facts that differ.
func Contrast(facts *pair.Facts) error {
	tally := pair.NewTally()
	makeKnot(tally)
	pair.Settle()
	facts.Add("freed of 2 nodes with strong links both ways", tally.Freed())

	tally = pair.NewTally()
	child := heldChild(tally)
	pair.Settle()
	facts.Add("alive of 3 nodes while a child of the dropped root is held", tally.Alive())
	facts.Add("the held child still has a parent", child.Parent() != nil)

	var finalized, cleaned atomic.Bool
	knot := makeKnot(pair.NewTally())
	runtime.SetFinalizer(knot, func(any) { finalized.Store(true) })
	knot = makeKnot(pair.NewTally())
	runtime.AddCleanup(knot, func(cleaned *atomic.Bool) { cleaned.Store(true) }, &cleaned)
	knot = nil
	pair.Settle()
	facts.Add("a finalizer on a member of a cycle ran", finalized.Load())
	facts.Add("a cleanup on a member of a cycle ran", cleaned.Load())
	return nil
}

func makeKnot(tally *pair.Tally) *knot {
	a := &knot{payload: pair.NewCounted(tally, 1)}
	b := &knot{payload: pair.NewCounted(tally, 2)}
	a.links = append(a.links, b)
	b.links = append(b.links, a)
	return a
}

func heldChild(tally *pair.Tally) *counting {
	root := NewNode(pair.NewCounted(tally, 1))
	left := NewNode(pair.NewCounted(tally, 2))
	right := NewNode(pair.NewCounted(tally, 3))
	root.Link(left)
	root.Link(right)
	return left
}

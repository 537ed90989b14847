// Twin: crates/cycles/src/parts.rs

package cycles

import (
	"maps"
	"runtime"
	"slices"
	"weak"

	"memory.example/pairs/pair"
)

// Parts traces scripts in which the languages part, over the nodes of the contrast.
var Parts = pair.Parts(partsOperations, parts)

var partsOperations = []pair.Operation{
	{
		Word:     "chain",
		Operands: []pair.Operand{partsCount},
		Says:     "makes nodes below each other, and holds the first; nodes are numbered from 1",
	},
	{
		Word:     "knots",
		Operands: []pair.Operand{partsCount},
		Says:     "makes nodes with strong links to the one before and the one behind, and holds the first",
	},
	{
		Word:     "hold",
		Operands: []pair.Operand{pair.ID("NODE")},
		Says:     "holds a node, too",
	},
	{
		Word:     "finalize",
		Operands: []pair.Operand{pair.ID("NODE")},
		Says:     "puts a finalizer on a knot that is held; in Rust its payload has a Drop already",
	},
	{
		Word:     "drop",
		Operands: []pair.Operand{pair.ID("NODE")},
		Part:     pair.PartReleases,
		Says:     "holds a node no longer",
	},
	{
		Word: "settle",
		Part: pair.PartSettles,
		Says: "waits until what nothing reaches is freed, as far as it ever is",
	},
}

var partsCount = pair.Whole("COUNT", 1, 20)

func parts(script *pair.Script, _ *pair.Out) error {
	nodes := &nodes{
		tally:     script.Tally(),
		held:      map[int]*counting{},
		heldKnots: map[int]*knot{},
		chains:    map[int]weak.Pointer[counting]{},
		knots:     map[int]weak.Pointer[knot]{},
	}
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		if err := nodes.perform(script, line); err != nil {
			return err
		}
		script.Link(nodes.draw)
	}
}

// nodes are the nodes by their numbers: those that the script holds, and those that it only knows.
type nodes struct {
	tally     *pair.Tally
	held      map[int]*counting
	heldKnots map[int]*knot
	chains    map[int]weak.Pointer[counting]
	knots     map[int]weak.Pointer[knot]
}

func (n *nodes) perform(script *pair.Script, line *pair.Line) error {
	if line.Word == "settle" {
		return nil
	}
	number := line.Whole(0)
	node, knot := n.held[number], n.heldKnots[number]
	isHeld := node != nil || knot != nil
	switch line.Word {
	case "chain", "knots":
		if err := script.Hold(number, number*nodeBytes); err != nil {
			return err
		}
		if line.Word == "chain" {
			n.chain(number)
		} else {
			n.tie(number)
		}
	case "hold":
		node, knot := n.chains[number].Value(), n.knots[number].Value()
		if node == nil && knot == nil {
			return script.NotAlive(number)
		}
		if node != nil {
			n.held[number] = node
		} else {
			n.heldKnots[number] = knot
		}
	case "finalize":
		if knot == nil {
			return script.Refuse("%d is not held", number)
		}
		addFinalizer(knot)
	case "drop":
		if !isHeld {
			return script.Refuse("%d is not held", number)
		}
		delete(n.held, number)
		delete(n.heldKnots, number)
	default:
		return script.Unknown(line.Word)
	}
	return nil
}

// addFinalizer puts a finalizer on a knot, in place of the one that it has.
func addFinalizer(k *knot) {
	runtime.SetFinalizer(k, nil)
	runtime.SetFinalizer(k, func(*knot) {})
}

func (n *nodes) chain(count int) {
	var above *counting
	for range count {
		node := NewNode(pair.NewCounted(n.tally, 0))
		number := node.Value.Number()
		n.chains[number] = weak.Make(node)
		if above != nil {
			above.Link(node)
		} else {
			n.held[number] = node
		}
		above = node
	}
}

func (n *nodes) tie(count int) {
	var before *knot
	for range count {
		knot := newKnot(n.tally, before)
		number := knot.payload.Number()
		n.knots[number] = weak.Make(knot)
		if before == nil {
			n.heldKnots[number] = knot
		}
		before = knot
	}
}

// draw draws what keeps nodes alive.
func (n *nodes) draw(links *pair.Links) {
	for number := range n.held {
		links.Hold(number)
	}
	for number := range n.heldKnots {
		links.Hold(number)
	}
	for _, number := range slices.Sorted(maps.Keys(n.chains)) {
		node := n.chains[number].Value()
		if node == nil {
			continue
		}
		for _, child := range node.Children() {
			links.Strong(number, child.Value.Number())
		}
		if parent := node.Parent(); parent != nil {
			links.Strong(number, parent.Value.Number())
		}
	}
	for _, number := range slices.Sorted(maps.Keys(n.knots)) {
		if knot := n.knots[number].Value(); knot != nil {
			for _, other := range knot.links {
				links.Strong(number, other.payload.Number())
			}
		}
	}
}

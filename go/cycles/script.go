// Twin: crates/cycles/src/script.rs

package cycles

import (
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"weak"

	"memory.example/pairs/pair"
)

// Operations are the operations of scripts.
var Operations = []pair.Operation{
	{
		Word: "node",
		Says: "makes a node on its own, which counts as 64 bytes, and prints its number; nodes are numbered from 1",
	},
	{
		Word:     "chain",
		Operands: []pair.Operand{pair.Whole("LENGTH", 1, 1_000_000)},
		Says:     "makes LENGTH nodes, each below the one before, which count as 64 bytes each, and prints the first and the last number, or the same as node if LENGTH is 1",
	},
	{
		Word:     "link",
		Operands: []pair.Operand{pair.ID("PARENT"), pair.ID("CHILD")},
		Says:     "puts a root under another node; refused if it is no root, or is that node or above it",
	},
	{
		Word:     "unlink",
		Operands: []pair.Operand{pair.ID("NODE")},
		Says:     "takes a node away from its parent, which makes it a root; refused if it is one",
	},
	{
		Word:     "drop",
		Operands: []pair.Operand{pair.ID("ROOT")},
		Part:     pair.PartReleases,
		Says:     "drops a root with all nodes below it, and prints how many nodes that are; refused if it is no root",
	},
	{
		Word: "settle",
		Part: pair.PartSettles,
		Says: "waits until everything released is freed",
	},
	{
		Word: "alive",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of live nodes",
	},
	{
		Word: "freed",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of freed nodes",
	},
	{
		Word:     "depth",
		Operands: []pair.Operand{pair.ID("NODE")},
		Says:     "prints the number of steps up to the root",
	},
	{
		Word:     "parent",
		Operands: []pair.Operand{pair.ID("NODE")},
		Says:     "prints the node above, or no parent",
	},
	{
		Word:     "children",
		Operands: []pair.Operand{pair.ID("NODE")},
		Says:     "prints all nodes below, in the order in which they were linked, or none",
	},
}

// nodeBytes is what a script keeps alive in a node, for the limit of bytes.
const nodeBytes = 64

// counting is a node whose payload knows its number and tells when it is freed.
type counting = Node[*pair.Counted[int]]

// Demo prints what the section shows.
func Demo(out *pair.Out) error {
	tally := pair.NewTally()
	made := 0
	node := func() *counting {
		made++
		return NewNode(pair.NewCounted(tally, made))
	}
	root, left, right, leaf := node(), node(), node(), node()
	root.Link(left)
	root.Link(right)
	left.Link(leaf)
	out.Line("children of the root: %s", numbers(root.Children()))
	out.Line("depth of the leaf: %d", leaf.Depth())

	// From here on nothing refers to the root: for the collector, that is what drop is.
	left.Unlink()
	out.Line("depth of the leaf without the root: %d", leaf.Depth())
	pair.Settle()
	out.Line("freed with the root: %d of %d", tally.Freed(), tally.Made())

	runtime.KeepAlive(leaf)
	pair.Settle()
	out.Line("freed in the end: %d of %d", tally.Freed(), tally.Made())
	return nil
}

// Replay performs a script.
func Replay(script *pair.Script, out *pair.Out) error {
	forest := &forest{
		tally: script.Tally(),
		roots: map[int]*counting{},
		nodes: map[int]weak.Pointer[counting]{},
	}
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		if err := forest.perform(script, line, out); err != nil {
			return err
		}
		script.Link(forest.draw)
	}
}

// forest refers to the roots; all else is referred to by its parent.
type forest struct {
	tally *pair.Tally
	made  int
	roots map[int]*counting
	nodes map[int]weak.Pointer[counting]
}

func (f *forest) perform(script *pair.Script, line *pair.Line, out *pair.Out) error {
	switch line.Word {
	case "node":
		return f.chain(script, 1, out)
	case "chain":
		return f.chain(script, line.Whole(0), out)
	case "link":
		return f.link(script, line.Whole(0), line.Whole(1))
	case "drop":
		root, err := f.root(script, line.Whole(0))
		if err != nil {
			return err
		}
		gone := f.forget(root)
		script.Release(gone, gone*nodeBytes)
		out.Line("removed %d", gone)
		return nil
	case "settle":
		return nil
	case "alive":
		out.Line("%d alive", f.tally.Alive())
		return nil
	case "freed":
		out.Line("%d freed", f.tally.Freed())
		return nil
	}
	node, err := f.node(script, line.Whole(0))
	if err != nil {
		return err
	}
	switch line.Word {
	case "unlink":
		if node.Parent() == nil {
			return script.Refuse("%d is a root", line.Whole(0))
		}
		f.roots[node.Value.Value] = node
		node.Unlink()
	case "depth":
		out.Line("depth %d", node.Depth())
	case "parent":
		if parent := node.Parent(); parent != nil {
			out.Line("parent %d", parent.Value.Value)
		} else {
			out.Line("no parent")
		}
	case "children":
		out.Line("children %s", numbers(node.Children()))
	default:
		return script.Unknown(line.Word)
	}
	return nil
}

func (f *forest) chain(script *pair.Script, length int, out *pair.Out) error {
	if err := script.Hold(length, length*nodeBytes); err != nil {
		return err
	}
	first := f.made + 1
	var above *counting
	for number := first; number < first+length; number++ {
		node := NewNode(pair.NewCounted(f.tally, number))
		f.nodes[number] = weak.Make(node)
		if above != nil {
			above.Link(node)
		} else {
			f.roots[number] = node
		}
		above = node
	}
	f.made += length
	if length == 1 {
		out.Line("node %d", first)
	} else {
		out.Line("nodes %d to %d", first, f.made)
	}
	return nil
}

func (f *forest) link(script *pair.Script, parent, child int) error {
	above, err := f.node(script, parent)
	if err != nil {
		return err
	}
	root, err := f.root(script, child)
	if err != nil {
		return err
	}
	if !above.Link(root) {
		return script.Refuse("%d is above %d", child, parent)
	}
	delete(f.roots, child)
	return nil
}

// draw draws what keeps nodes alive.
func (f *forest) draw(links *pair.Links) {
	for number := range f.roots {
		links.Hold(number)
	}
	for _, number := range slices.Sorted(maps.Keys(f.nodes)) {
		node := f.nodes[number].Value()
		for _, child := range node.Children() {
			links.Strong(number, child.Value.Number())
		}
		if parent := node.Parent(); parent != nil {
			links.Strong(number, parent.Value.Number())
		}
	}
}

// forget lets a root go and tells how many nodes went with it.
func (f *forest) forget(root *counting) int {
	delete(f.roots, root.Value.Value)
	gone := 0
	for rest := []*counting{root}; len(rest) > 0; gone++ {
		node := rest[len(rest)-1]
		delete(f.nodes, node.Value.Value)
		rest = append(rest[:len(rest)-1], node.Children()...)
	}
	return gone
}

func (f *forest) node(script *pair.Script, number int) (*counting, error) {
	node := f.nodes[number].Value()
	if node == nil {
		return nil, script.NotAlive(number)
	}
	return node, nil
}

func (f *forest) root(script *pair.Script, number int) (*counting, error) {
	node, err := f.node(script, number)
	if err == nil && node.Parent() != nil {
		return nil, script.Refuse("%d is not a root", number)
	}
	return node, err
}

func numbers(nodes []*counting) string {
	if len(nodes) == 0 {
		return "none"
	}
	var words []string
	for _, node := range nodes {
		words = append(words, strconv.Itoa(node.Value.Value))
	}
	return strings.Join(words, " ")
}

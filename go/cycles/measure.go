// Twin: crates/cycles/src/measure.rs

package cycles

import (
	"math/bits"

	"memory.example/pairs/pair"
)

// Cases are the measured cases.
var Cases = []pair.Case{
	{
		Name:  "tree",
		Unit:  "ns",
		Says:  "builds a tree of SCALE nodes that know their parent, ten below each, adds up their values and frees it",
		Scale: 100_000,
		Max:   10_000_000,
		Run:   measureTree,
	},
	{
		Name:  "binary_trees",
		Unit:  "ns",
		Says:  "does the work of the benchmark binary-trees up to trees of SCALE nodes, each a block",
		Scale: 8_191,
		Max:   2_097_151,
		Run:   measureBinaryTrees,
	},
	{
		Name:  "binary_trees_arena",
		Unit:  "ns",
		Says:  "does the same work with the nodes of a tree in one slab, which is used again",
		Scale: 8_191,
		Max:   2_097_151,
		Run:   measureBinaryTreesArena,
	},
}

func measureTree(bench *pair.Bench) error {
	bench.Answer(sum(build(bench.Scale)))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = sum(build(bench.Scale)) })
		sample.Answers(answer)
		bench.Report(sample)
	}
	return nil
}

// build returns a tree of nodes numbered from 0, level by level; node n hangs below node (n - 1) / 10.
func build(nodes int) *Node[int] {
	root := NewNode(0)
	level := []*Node[int]{root}
	made := 1
	for made < nodes {
		var next []*Node[int]
		for _, parent := range level {
			for range min(10, nodes-made) {
				node := NewNode(made)
				parent.Link(node)
				next = append(next, node)
				made++
			}
		}
		level = next
	}
	return root
}

// sum returns the sum of each value times its depth, which asks for parents as well as children.
func sum(root *Node[int]) int {
	sum := 0
	for rest := []*Node[int]{root}; len(rest) > 0; {
		node := rest[len(rest)-1]
		sum += node.Value * node.Depth()
		rest = append(rest[:len(rest)-1], node.Children()...)
	}
	return sum
}

func measureBinaryTrees(bench *pair.Bench) error {
	depth := depth(bench.Scale)
	bench.Answer(onHeap(depth))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = onHeap(depth) })
		sample.Answers(answer)
		bench.Report(sample)
	}
	return nil
}

func measureBinaryTreesArena(bench *pair.Bench) error {
	depth := depth(bench.Scale)
	bench.Answer(inArena(depth))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = inArena(depth) })
		sample.Answers(answer)
		bench.Report(sample)
	}
	return nil
}

// least is the least depth of a tree in the benchmark; the largest is two more at least.
const least = 4

// depth is the depth of the largest whole tree of at most this many nodes.
func depth(nodes int) int {
	return bits.Len(uint(nodes)+1) - 2
}

// onHeap counts the nodes of many short-lived trees, while one of the largest size lives all the time.
func onHeap(depth int) int {
	most := max(depth, least+2)
	stretch := newTree(most + 1).count()
	long := newTree(most)
	short := shortLived(most, func(depth int) int { return newTree(depth).count() })
	return stretch + short + long.count()
}

// inArena does the same with all nodes in slabs: one for the tree that stays, one for all that do not.
func inArena(depth int) int {
	most := max(depth, least+2)
	var passing, staying slab
	stretch := passing.once(most + 1)
	root := staying.build(most)
	short := shortLived(most, passing.once)
	return stretch + short + staying.count(root)
}

// shortLived makes many trees one after the other, the fewer the deeper they are; all depths have as
// many nodes.
func shortLived(most int, once func(depth int) int) int {
	nodes := 0
	for depth := least; depth <= most; depth += 2 {
		for range 1 << (most - depth + least) {
			nodes += once(depth)
		}
	}
	return nodes
}

// tree is a node of a binary tree; each is put into a block of its own.
type tree struct {
	left, right *tree
}

func newTree(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{newTree(depth - 1), newTree(depth - 1)}
}

func (t *tree) count() int {
	if t == nil {
		return 0
	}
	return 1 + t.left.count() + t.right.count()
}

// slab is nodes of binary trees in one block: each knows the places of the two below it, 0 means none.
type slab struct {
	nodes [][2]int
}

// once builds a tree, counts its nodes and frees all at once.
func (s *slab) once(depth int) int {
	root := s.build(depth)
	nodes := s.count(root)
	s.nodes = s.nodes[:0]
	return nodes
}

// build adds a tree and returns the place of its root.
func (s *slab) build(depth int) int {
	place := len(s.nodes)
	s.nodes = append(s.nodes, [2]int{})
	if depth > 0 {
		left, right := s.build(depth-1), s.build(depth-1)
		s.nodes[place] = [2]int{left, right}
	}
	return place
}

func (s *slab) count(place int) int {
	// The root is nobody's child: its place may be 0.
	nodes := 1
	for _, below := range s.nodes[place] {
		if below != 0 {
			nodes += s.count(below)
		}
	}
	return nodes
}

// Twin: crates/cycles/src/measure.rs

package cycles

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases = []pair.Case{{
	Name:  "tree",
	Unit:  "ns",
	Says:  "builds a tree of SCALE nodes that know their parent, ten below each, adds up and lets go",
	Scale: 100_000,
	Most:  10_000_000,
	Run:   measureTree,
}}

func measureTree(bench *pair.Bench) error {
	bench.Answer(sum(build(bench.Scale)))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		sample.Time(func() { sum(build(bench.Scale)) })
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

// The benchmark binary-trees, with each node on the heap.
package main

import "math/bits"

type tree struct {
	below [2]*tree
}

func grown(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{[2]*tree{grown(depth - 1), grown(depth - 1)}}
}

func (t *tree) nodes() int {
	if t == nil {
		return 0
	}
	return 1 + t.below[0].nodes() + t.below[1].nodes()
}

func main() {
	samples(func(count int) int {
		most := bits.Len(uint(count)+1) - 2
		all := grown(most + 1).nodes()
		long := grown(most)
		for depth := 4; depth <= most; depth += 2 {
			for range 1 << (most - depth + 4) {
				all += grown(depth).nodes()
			}
		}
		return all + long.nodes()
	}, itself)
}

// Twin: crates/cycles/src/lib.rs

// Package cycles is a tree whose nodes know their parent.
package cycles

import "slices"

// Node owns its children and knows its parent.
type Node[T any] struct {
	// Value is what it carries.
	Value T
	// A plain pointer: the collector frees cycles.
	parent   *Node[T]
	children []*Node[T]
}

// NewNode returns a node on its own.
func NewNode[T any](value T) *Node[T] {
	return &Node[T]{Value: value}
}

// Parent returns the node above, if there is one.
func (n *Node[T]) Parent() *Node[T] {
	return n.parent
}

// Children returns the nodes below, in the order in which they were linked.
func (n *Node[T]) Children() []*Node[T] {
	return slices.Clone(n.children)
}

// Link puts a child, which must have no parent, under this node.
func (n *Node[T]) Link(child *Node[T]) {
	child.parent = n
	n.children = append(n.children, child)
}

// Unlink takes this node away from its parent.
func (n *Node[T]) Unlink() {
	isThis := func(c *Node[T]) bool { return c == n }
	if p := n.parent; p != nil {
		p.children = slices.DeleteFunc(p.children, isThis)
	}
	n.parent = nil
}

// Depth returns the number of steps up to the root.
func (n *Node[T]) Depth() int {
	steps := 0
	for above := n.parent; above != nil; above = above.parent {
		steps++
	}
	return steps
}

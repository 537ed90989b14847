// Twin: crates/cycles/src/lib.rs

// Package cycles is a tree whose nodes know their parent.
package cycles

import "slices"

// Node owns its children and knows its parent.
type Node[T any] struct {
	// Value is the value that it carries.
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

// Link adds a child to this node, and reports whether that is allowed: it has
// no parent, and is neither this node nor above it.
func (n *Node[T]) Link(child *Node[T]) bool {
	if child.parent != nil || n.isBelow(child) {
		return false
	}
	child.parent = n
	n.children = append(n.children, child)
	return true
}

// Unlink removes this node from its parent.
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

// isBelow reports whether a node is this one, or stands above it.
func (n *Node[T]) isBelow(top *Node[T]) bool {
	if n == top {
		return true
	}
	// A node without children has nothing below it: no need to walk up.
	if len(top.children) == 0 {
		return false
	}
	above := n.parent
	for above != nil && above != top {
		above = above.parent
	}
	return above == top
}

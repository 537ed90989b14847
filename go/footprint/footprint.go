// Twin: crates/footprint/src/lib.rs

// Package footprint is a singly linked list, one heap block for each node.
package footprint

import "iter"

// Node is a value and the link to the next node.
type Node[T any] struct {
	value T
	// One word: a pointer may be nil, and only a check shows that.
	next *Node[T]
}

// List owns its nodes.
type List[T any] struct {
	head   *Node[T]
	length int
	// Counted: no compiler refuses a change while the list is walked.
	changes int
}

// NewList returns a list without nodes.
func NewList[T any]() *List[T] {
	return &List[T]{}
}

// Push adds a value at the front.
func (l *List[T]) Push(value T) {
	l.head = &Node[T]{value, l.head}
	l.length++
	l.changes++
}

// Pop removes and returns the first value, if there is one.
func (l *List[T]) Pop() (value T, ok bool) {
	node := l.head
	if node == nil {
		return value, false
	}
	l.head = node.next
	l.length--
	l.changes++
	return node.value, true
}

// Insert inserts a value at an index, and reports whether the list is long
// enough.
func (l *List[T]) Insert(at int, value T) bool {
	link := l.link(at)
	if link == nil {
		return false
	}
	*link = &Node[T]{value, *link}
	l.length++
	l.changes++
	return true
}

// Remove removes and returns the value at an index, if there is one.
func (l *List[T]) Remove(at int) (value T, ok bool) {
	link := l.link(at)
	if link == nil || *link == nil {
		return value, false
	}
	node := *link
	*link = node.next
	l.length--
	l.changes++
	return node.value, true
}

// Reverse reverses the order of the nodes.
func (l *List[T]) Reverse() {
	rest := l.head
	l.head = nil
	l.changes++
	for rest != nil {
		node := rest
		rest = node.next
		node.next = l.head
		l.head = node
	}
}

// Retain removes every value that keep refuses.
//
// A panic of keep leaves a whole list, and none of its values is lost. If keep
// changes the list, Retain panics.
func (l *List[T]) Retain(keep func(T) bool) {
	link := &l.head
	for *link != nil {
		node, changes := *link, l.changes
		kept := keep(node.value)
		l.demandUnchanged(changes)
		if kept {
			link = &node.next
		} else {
			*link = node.next
			l.length--
			l.changes++
		}
	}
}

// Length returns the number of nodes.
func (l *List[T]) Length() int {
	return l.length
}

// Values returns the values from the first to the last.
//
// If the list changes between two of them, the next one is a panic.
func (l *List[T]) Values() iter.Seq[T] {
	return func(yield func(T) bool) {
		changes := l.changes
		for node := l.head; node != nil; node = node.next {
			if !yield(node.value) {
				return
			}
			l.demandUnchanged(changes)
		}
	}
}

// Clear removes every node.
func (l *List[T]) Clear() {
	// Nothing is freed here: that is the collector's work, some time later.
	l.head = nil
	l.length = 0
	l.changes++
}

func (l *List[T]) link(at int) **Node[T] {
	if at < 0 || at > l.length {
		return nil
	}
	link := &l.head
	for range at {
		link = &(*link).next
	}
	return link
}

// demandUnchanged panics if the list has changed since this count of changes.
func (l *List[T]) demandUnchanged(since int) {
	if l.changes != since {
		panic("footprint: the list changed while it was walked")
	}
}

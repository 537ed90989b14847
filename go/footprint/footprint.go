// Twin: crates/footprint/src/lib.rs

// Package footprint is a singly linked list, one heap block for each node.
package footprint

import "iter"

// Node is a value and the link to the next node.
type Node[T any] struct {
	value T
	// One word: a pointer may be nil, and nothing but a check tells.
	next *Node[T]
}

// List owns its nodes.
type List[T any] struct {
	head   *Node[T]
	length int
}

// NewList returns a list without nodes.
func NewList[T any]() *List[T] {
	return &List[T]{}
}

// Push puts a value in front.
func (l *List[T]) Push(value T) {
	l.head = &Node[T]{value, l.head}
	l.length++
}

// Pop takes the value in front, if there is one.
func (l *List[T]) Pop() (value T, ok bool) {
	node := l.head
	if node == nil {
		return value, false
	}
	l.head = node.next
	l.length--
	return node.value, true
}

// Insert puts a value at a place, and tells whether the list reaches so far.
func (l *List[T]) Insert(at int, value T) bool {
	link := l.link(at)
	if link == nil {
		return false
	}
	*link = &Node[T]{value, *link}
	l.length++
	return true
}

// Remove takes the value at a place, if there is one.
func (l *List[T]) Remove(at int) (value T, ok bool) {
	link := l.link(at)
	if link == nil || *link == nil {
		return value, false
	}
	node := *link
	*link = node.next
	l.length--
	return node.value, true
}

// Reverse turns the list round.
func (l *List[T]) Reverse() {
	rest := l.head
	l.head = nil
	for rest != nil {
		node := rest
		rest = node.next
		node.next = l.head
		l.head = node
	}
}

// Retain lets go of every value that is not to be kept.
func (l *List[T]) Retain(keep func(T) bool) {
	link := &l.head
	for *link != nil {
		node := *link
		if keep(node.value) {
			link = &node.next
		} else {
			*link = node.next
			l.length--
		}
	}
}

// Length returns the number of nodes.
func (l *List[T]) Length() int {
	return l.length
}

// Values returns the values from the first to the last.
func (l *List[T]) Values() iter.Seq[T] {
	return func(yield func(T) bool) {
		for node := l.head; node != nil; node = node.next {
			if !yield(node.value) {
				return
			}
		}
	}
}

// Clear lets go of every node.
func (l *List[T]) Clear() {
	// Nothing is freed here: that is the collector's work, some time later.
	l.head = nil
	l.length = 0
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

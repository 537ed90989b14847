// Fix: Look first, and change the list when the walk is over.
// Answer: run prints walked 1 2 3 4, left: nothing
package main

import "fmt"

type node struct {
	value int
	next  *node
}

type list struct{ head *node }

func (l *list) values(yield func(int) bool) {
	for node := l.head; node != nil && yield(node.value); node = node.next {
	}
}

func main() {
	l := &list{}
	for value := 4; value >= 1; value-- {
		l.head = &node{value, l.head}
	}
	fmt.Print("walked")
	found := false
	for value := range l.values {
		found = found || value == 2
		fmt.Print(" ", value)
	}
	if found {
		l.head = nil
	}
	fmt.Print(", left:")
	for range l.values {
		fmt.Print(" something")
	}
	if l.head == nil {
		fmt.Println(" nothing")
	}
}

// Mistake: a list is changed by the loop that walks it.
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
	for value := range l.values {
		if value == 2 {
			l.head = nil // all of it, and the loop goes on
		}
		fmt.Print(" ", value)
	}
	fmt.Print(", left:")
	for range l.values {
		fmt.Print(" something")
	}
	if l.head == nil {
		fmt.Println(" nothing")
	}
}

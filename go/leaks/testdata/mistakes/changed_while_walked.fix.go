// Fix: Read the way to the next entry before this one is unlinked.
// Answer: run prints looked at all
package main

import "fmt"

type entry struct {
	key          string
	age          int
	older, newer *entry
}

func unlink(e *entry) {
	e.older.newer, e.newer.older = e.newer, e.older
	e.older, e.newer = nil, nil
}

func main() {
	var ring entry
	ring.older, ring.newer = &ring, &ring
	for age, key := range []string{"a", "b", "c"} {
		e := &entry{key: key, age: age, older: ring.older, newer: &ring}
		e.older.newer, ring.older = e, e
	}
	for e := ring.newer; e != &ring; {
		next := e.newer
		fmt.Println("looks at", e.key)
		if e.age > 0 {
			unlink(e)
		}
		e = next
	}
	fmt.Println("looked at all")
}

// Mistake: a method gets a copy of its receiver, lock included: nothing is shared.
// Answer: vet passes lock by value
package main

import (
	"fmt"
	"sync"
)

type counter struct {
	mu  sync.Mutex
	sum int
}

func main() {
	var c counter
	c.add()
	fmt.Println(c.sum)
}

func (c counter) add() { // <- here
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sum++
}

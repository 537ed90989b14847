// Fix: Let the method have a pointer to its receiver.
// Answer: run prints 1
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

func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sum++
}

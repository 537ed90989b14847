// Mistake: a block that is still in use when its arena is reset.
// Answer: run prints b
package main

import "fmt"

type arena struct {
	memory []byte
	used   int
}

func (a *arena) alloc(size int) []byte {
	start := a.used
	a.used += size
	return a.memory[start:a.used:a.used]
}

func main() {
	a := arena{memory: make([]byte, 64)}
	old := a.alloc(8)
	old[0] = 'a'
	a.used = 0
	a.alloc(8)[0] = 'b'
	fmt.Println(string(old[:1]))
}

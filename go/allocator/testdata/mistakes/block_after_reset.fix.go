// Fix: Copy what is needed after the reset.
// Answer: run prints a
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
	kept := string(old[:1])
	a.used = 0
	a.alloc(8)[0] = 'b'
	fmt.Println(kept)
}

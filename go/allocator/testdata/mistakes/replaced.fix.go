// Fix: The runtime keeps its allocator; beside it there can be an arena, which one asks by name.
// Answer: run prints 8 bytes
package main

import "fmt"

var memory [1 << 20]byte

var used int

func alloc(size int) []byte {
	block := memory[used : used+size : used+size]
	used += size
	return block
}

func main() {
	fmt.Println(len(alloc(8)), "bytes")
}

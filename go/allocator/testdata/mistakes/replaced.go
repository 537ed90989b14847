// Mistake: an allocator of one's own in place of the runtime's, as `#[global_allocator]` would have it.
// Answer: link duplicated definition of symbol
package main

import (
	"fmt"
	"unsafe"
)

var memory [1 << 20]byte

var used uintptr

//go:linkname mallocgc runtime.mallocgc
func mallocgc(size uintptr, _ unsafe.Pointer, _ bool) unsafe.Pointer {
	place := unsafe.Pointer(&memory[used])
	used += (size + 15) &^ 15
	return place
}

func main() {
	fmt.Println(new(int))
}

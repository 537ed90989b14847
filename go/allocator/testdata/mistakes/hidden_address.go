// Mistake: an address kept as a number, which the collector does not follow.
// Answer: vet possible misuse of unsafe.Pointer
package main

import (
	"fmt"
	"runtime"
	"unsafe"
)

func hide() uintptr {
	return uintptr(unsafe.Pointer(new([64]int)))
}

func main() {
	address := hide()
	runtime.GC()
	numbers := (*[64]int)(unsafe.Pointer(address)) // <- here
	fmt.Println(numbers[0])
}

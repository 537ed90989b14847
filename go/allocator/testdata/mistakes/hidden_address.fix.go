// Fix: Keep a pointer: the collector follows it.
// Answer: run prints 0
package main

import (
	"fmt"
	"runtime"
)

func hide() *[64]int {
	return new([64]int)
}

func main() {
	numbers := hide()
	runtime.GC()
	fmt.Println(numbers[0])
}

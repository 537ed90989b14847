// Fix: A small constant length fits the stack; the count of allocations is what decides.
// Answer: run prints allocations: 0
package main

import (
	"fmt"
	"testing"
)

func main() {
	const length = 1000
	sum := 0
	allocations := testing.AllocsPerRun(100, func() {
		s := make([]int, length)
		sum += len(s)
	})
	fmt.Println("allocations:", allocations)
}

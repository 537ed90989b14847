// Fix: Move the rest forward in the same array.
// Answer: run prints allocates: false
package main

import (
	"fmt"
	"slices"
	"testing"
)

func main() {
	queue := make([]int, 0, 8)
	allocations := testing.AllocsPerRun(1000, func() {
		for range 8 {
			queue = append(queue, 1)
			queue = slices.Delete(queue, 0, 1)
		}
	})
	fmt.Println("allocates:", allocations > 0)
}

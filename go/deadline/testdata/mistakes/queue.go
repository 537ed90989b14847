// Mistake: a queue that moves its start keeps no memory: it allocates for as long as it runs.
// Answer: run prints allocates: true
package main

import (
	"fmt"
	"testing"
)

func main() {
	queue := make([]int, 0, 8)
	allocations := testing.AllocsPerRun(1000, func() {
		for range 8 {
			queue = append(queue, 1)
			queue = queue[1:]
		}
	})
	fmt.Println("allocates:", allocations > 0)
}

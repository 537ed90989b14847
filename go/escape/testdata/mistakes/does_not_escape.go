// Mistake: trusting -gcflags=-m, which says of this slice that it does not escape.
// Answer: run prints allocations: 1
package main

import (
	"fmt"
	"os"
	"testing"
)

func main() {
	length := 1000 * len(os.Args)
	sum := 0
	allocations := testing.AllocsPerRun(100, func() {
		s := make([]int, length)
		sum += len(s)
	})
	fmt.Println("allocations:", allocations)
}

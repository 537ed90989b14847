// Mistake: goroutines add to a plain number, and updates get lost; only the race detector tells.
// Answer: silent
package main

import (
	"fmt"
	"sync"
)

func main() {
	sum := 0
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			for range 100_000 {
				sum++
			}
		})
	}
	running.Wait()
	fmt.Println(sum, "of 400000")
}

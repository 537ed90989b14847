// Fix: An atomic number: no update gets lost.
// Answer: run prints 400000 of 400000
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	var sum atomic.Int64
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			for range 100_000 {
				sum.Add(1)
			}
		})
	}
	running.Wait()
	fmt.Println(sum.Load(), "of 400000")
}

// Mistake: a goroutine says itself that it is to be waited for, perhaps after the waiting is over.
// Answer: vet WaitGroup.Add called from inside new goroutine
package main

import (
	"fmt"
	"sync"
)

func main() {
	var running sync.WaitGroup
	for worker := range 2 {
		go func() {
			running.Add(1) // <- here
			defer running.Done()
			fmt.Println(worker)
		}()
	}
	running.Wait()
}

// Fix: `Go` counts before the goroutine starts.
// Answer: run prints 1
package main

import (
	"fmt"
	"sync"
)

func main() {
	var running sync.WaitGroup
	for worker := range 2 {
		running.Go(func() { fmt.Println(worker) })
	}
	running.Wait()
}

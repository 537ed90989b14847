// Fix: Wait for every goroutine.
// Answer: run prints shared
package main

import (
	"fmt"
	"sync"
)

func main() {
	value := "shared"
	var running sync.WaitGroup
	for range 2 {
		running.Go(func() { fmt.Println(value) })
	}
	running.Wait()
}

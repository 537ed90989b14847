// Fix: Wait for every goroutine.
// Answer: run prints shared
package main

import (
	"fmt"
	"sync"
	"time"
)

func main() {
	value := "shared"
	var running sync.WaitGroup
	for range 2 {
		running.Go(func() {
			time.Sleep(200 * time.Millisecond)
			fmt.Println(value)
		})
	}
	running.Wait()
}

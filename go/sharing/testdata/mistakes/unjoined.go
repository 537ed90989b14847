// Mistake: main starts goroutines, does not wait, and returns before they have done their work.
// Answer: run nothing
package main

import (
	"fmt"
	"time"
)

func main() {
	value := "shared"
	for range 2 {
		go func() {
			time.Sleep(200 * time.Millisecond)
			fmt.Println(value)
		}()
	}
}

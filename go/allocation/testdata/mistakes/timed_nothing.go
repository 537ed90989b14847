// Mistake: timing a loop whose slice never reaches the heap; the blank assignment hides it.
// Answer: silent
package main

import (
	"fmt"
	"time"
)

func main() {
	start := time.Now()
	for range 1_000_000 {
		s := make([]int, 100)
		_ = s
	}
	fmt.Println(time.Since(start))
}

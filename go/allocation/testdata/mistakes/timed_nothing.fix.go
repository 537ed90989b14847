// Fix: Keep the slice where others could read it: then every one is really made.
// Answer: run exit 0
package main

import (
	"fmt"
	"time"
)

var sink []int

func main() {
	start := time.Now()
	for range 1_000_000 {
		s := make([]int, 100)
		sink = s
	}
	fmt.Println(time.Since(start), len(sink))
}

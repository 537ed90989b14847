// Fix: Copy the 16 bytes: the message can go.
// Answer: run prints alive: false
package main

import (
	"fmt"
	"runtime"
	"slices"
)

func main() {
	var heads [][]byte
	for range 100 {
		message := make([]byte, 2<<20)
		heads = append(heads, slices.Clone(message[:16]))
	}
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Printf("%d bytes of heads keep more than 100 MiB alive: %t\n",
		len(heads)*len(heads[0]), stats.HeapAlloc > 100<<20)
}

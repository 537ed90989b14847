// Fix: Copy the one value out of the slab.
// Answer: run prints still held: 0 MiB
package main

import (
	"fmt"
	"runtime"
)

type value struct {
	number int
}

func pick() *value {
	slab := make([]value, 8<<20)
	kept := slab[7]
	return &kept
}

func main() {
	kept := pick()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Printf("still held: %d MiB\n", stats.HeapAlloc>>20)
	runtime.KeepAlive(kept)
}

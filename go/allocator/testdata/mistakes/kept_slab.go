// Mistake: one value of a slab is kept, and with it the whole slab.
// Answer: run prints still held: 64 MiB
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
	return &slab[7]
}

func main() {
	kept := pick()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Printf("still held: %d MiB\n", stats.HeapAlloc>>20)
	runtime.KeepAlive(kept)
}

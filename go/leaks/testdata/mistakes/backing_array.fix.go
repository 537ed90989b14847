// Fix: Copy the bytes: the file can go.
// Answer: run prints kept: false
package main

import (
	"fmt"
	"runtime"
	"slices"
)

func header() []byte {
	file := make([]byte, 16<<20)
	return slices.Clone(file[:8])
}

func main() {
	kept := header()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println("kept:", stats.HeapAlloc > 16<<20)
	runtime.KeepAlive(kept)
}

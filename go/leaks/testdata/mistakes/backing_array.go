// Mistake: the first bytes of a file are kept, and with them the whole file.
// Answer: run prints kept: true
package main

import (
	"fmt"
	"runtime"
)

func header() []byte {
	file := make([]byte, 16<<20)
	return file[:8]
}

func main() {
	kept := header()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println("kept:", stats.HeapAlloc > 16<<20)
	runtime.KeepAlive(kept)
}

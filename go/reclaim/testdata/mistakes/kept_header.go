// Mistake: the head of each message is kept, and with it the whole message.
// Answer: run prints 1600 bytes of heads keep more than 100 MiB alive: true
package main

import (
	"fmt"
	"runtime"
)

func main() {
	var heads [][]byte
	for range 100 {
		message := make([]byte, 2<<20)
		heads = append(heads, message[:16])
	}
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Printf("%d bytes of heads keep more than 100 MiB alive: %t\n",
		len(heads)*len(heads[0]), stats.HeapAlloc > 100<<20)
}

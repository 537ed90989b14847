// Fix: Begin a new map, and copy what is left into it.
// Answer: run prints given back: true
package main

import (
	"fmt"
	"runtime"
)

func live() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func main() {
	before := live()
	users := map[int]int{}
	for number := range 100_000 {
		users[number] = number
	}
	full := live() - before
	users = map[int]int{}
	fmt.Println("given back:", live() < before+full/2)
	runtime.KeepAlive(users)
}

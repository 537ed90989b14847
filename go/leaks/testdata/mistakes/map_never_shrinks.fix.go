// Fix: Copy what is left into a new map.
// Answer: run prints given back: true
package main

import (
	"fmt"
	"maps"
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
	for number := range 100_000 {
		delete(users, number)
	}
	left := map[int]int{}
	maps.Copy(left, users)
	users = left
	fmt.Println("given back:", live() < before+full/2)
	runtime.KeepAlive(users)
}

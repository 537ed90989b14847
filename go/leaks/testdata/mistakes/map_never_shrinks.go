// Mistake: a map is emptied to give its memory back.
// Answer: run prints given back: false
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
	for number := range 100_000 {
		delete(users, number)
	}
	fmt.Println("given back:", live() < before+full/2)
	runtime.KeepAlive(users)
}

// Mistake: a node that somebody keeps holds all nodes behind it, though the list let them go.
// Answer: run prints freed 1 of 1000
package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

type node struct {
	value int
	next  *node
}

func main() {
	var freed atomic.Int64
	var head *node
	for value := range 1000 {
		head = &node{value, head}
		runtime.AddCleanup(head, func(freed *atomic.Int64) { freed.Add(1) }, &freed)
	}
	cursor := head.next
	head = nil
	runtime.GC()
	time.Sleep(100 * time.Millisecond)
	fmt.Println("freed", freed.Load(), "of 1000")
	runtime.KeepAlive(cursor)
}

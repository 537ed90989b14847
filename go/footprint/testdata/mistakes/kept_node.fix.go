// Fix: Keep the value and not the node.
// Answer: run prints freed 1000 of 1000
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
	value := head.next.value
	head = nil
	runtime.GC()
	time.Sleep(100 * time.Millisecond)
	fmt.Println("freed", freed.Load(), "of 1000")
	fmt.Println("kept", value)
}

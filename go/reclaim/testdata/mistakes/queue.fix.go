// Fix: Clear the place before the queue moves on.
// Answer: run prints freed of 7 that left the queue: 7
package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

func main() {
	var freed atomic.Int64
	var queue []*[1024]byte
	for range 8 {
		data := new([1024]byte)
		runtime.AddCleanup(data, func(freed *atomic.Int64) { freed.Add(1) }, &freed)
		queue = append(queue, data)
	}
	for len(queue) > 1 {
		queue[0] = nil
		queue = queue[1:]
	}
	for range 3 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("freed of 7 that left the queue:", freed.Load())
	runtime.KeepAlive(queue)
}

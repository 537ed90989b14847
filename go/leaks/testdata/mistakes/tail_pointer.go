// Mistake: a slice of pointers is cut short, and its array keeps what was cut off.
// Answer: run prints freed: false
package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

type job struct{ payload [1024]byte }

func main() {
	var freed atomic.Bool
	jobs := []*job{{}, {}}
	runtime.AddCleanup(jobs[1], func(freed *atomic.Bool) { freed.Store(true) }, &freed)
	jobs = jobs[:1] // slices.Delete would clear the place
	for range 3 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("freed:", freed.Load())
	runtime.KeepAlive(jobs)
}

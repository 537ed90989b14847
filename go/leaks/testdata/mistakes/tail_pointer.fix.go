// Fix: `slices.Delete` clears the place that is left behind.
// Answer: run prints freed: true
package main

import (
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"
)

type job struct{ payload [1024]byte }

func main() {
	var freed atomic.Bool
	jobs := []*job{{}, {}}
	runtime.AddCleanup(jobs[1], func(freed *atomic.Bool) { freed.Store(true) }, &freed)
	jobs = slices.Delete(jobs, 1, 2)
	for range 3 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("freed:", freed.Load())
	runtime.KeepAlive(jobs)
}

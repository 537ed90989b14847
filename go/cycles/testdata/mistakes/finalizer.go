// Mistake: a finalizer on a member of a cycle, which then is never freed.
// Answer: run prints finalized: false
package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

type node struct {
	parent   *node
	children []*node
}

func main() {
	var finalized atomic.Bool
	build(&finalized)
	for range 3 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("finalized:", finalized.Load())
}

func build(finalized *atomic.Bool) {
	root := &node{}
	child := &node{parent: root}
	root.children = append(root.children, child)
	runtime.SetFinalizer(root, func(*node) { finalized.Store(true) })
}

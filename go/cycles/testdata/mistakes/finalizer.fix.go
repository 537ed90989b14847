// Fix: A cleanup does not need the object, so it runs in a cycle as well.
// Answer: run prints finalized: true
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
	runtime.AddCleanup(root, func(done *atomic.Bool) { done.Store(true) }, finalized)
}

// Fix: Pool pointers: an interface holds one without an allocation.
// Answer: run prints 1000 pages served
package main

import (
	"fmt"
	"sync"
)

var pages = sync.Pool{New: func() any { return new([1024]byte) }}

func main() {
	for range 1000 {
		page := pages.Get().(*[1024]byte)
		page[0]++
		pages.Put(page)
	}
	fmt.Println("1000 pages served")
}

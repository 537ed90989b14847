// Mistake: pages are pooled to spare the collector, but each Put allocates.
// Answer: staticcheck SA6002
package main

import (
	"fmt"
	"sync"
)

var pages = sync.Pool{New: func() any { return make([]byte, 1024) }}

func main() {
	for range 1000 {
		page := pages.Get().([]byte)
		page[0]++
		pages.Put(page) // <- here
	}
	fmt.Println("1000 pages served")
}

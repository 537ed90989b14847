// Twin: crates/allocator/src/main.rs

// Command allocator is the program of the topic allocator.
package main

import (
	"memory.example/pairs/allocator"
	"memory.example/pairs/pair"
)

func main() {
	pair.Main(pair.Topic{
		Name:       "allocator",
		Says:       "An arena, and a count of what is asked of the heap.",
		Demo:       allocator.Demo,
		Operations: allocator.Operations,
		Replay:     allocator.Replay,
		Contrast:   allocator.Contrast,
		Cases:      allocator.Cases,
	})
}

// Twin: crates/allocator/src/main.rs

// Command allocator is the program of the topic allocator.
package main

import (
	"memory.example/pairs/allocator"
	"memory.example/pairs/pair"
)

func main() {
	topic := pair.Topic{
		Name:  "allocator",
		Says:  "An arena, and a count of what is asked of the heap.",
		Cases: allocator.Cases,
	}
	if !pair.Timed {
		topic.Demo = allocator.Demo
		topic.Operations = allocator.Operations
		topic.Replay = allocator.Replay
		topic.Contrast = allocator.Contrast
	}
	pair.Main(topic)
}

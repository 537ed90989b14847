// Twin: crates/allocation/src/main.rs

// Command allocation is the program of the topic allocation.
package main

import (
	"memory.example/pairs/allocation"
	"memory.example/pairs/pair"
)

func main() {
	topic := pair.Topic{
		Name:  "allocation",
		Says:  "Short-lived slices that a compiler may see through.",
		Cases: allocation.Cases,
	}
	if !pair.Timed {
		topic.Demo = allocation.Demo
		topic.Operations = allocation.Operations
		topic.Replay = allocation.Replay
		topic.Contrast = allocation.Contrast
	}
	pair.Main(topic)
}

// Twin: crates/footprint/src/main.rs

// Command footprint is the program of the topic footprint.
package main

import (
	"memory.example/pairs/footprint"
	"memory.example/pairs/pair"
)

func main() {
	topic := pair.Topic{
		Name:  "footprint",
		Says:  "A singly linked list, one heap block for each node.",
		Cases: footprint.Cases,
	}
	if !pair.Timed {
		topic.Demo = footprint.Demo
		topic.Operations = footprint.Operations
		topic.Replay = footprint.Replay
		topic.Contrast = footprint.Contrast
	}
	pair.Main(topic)
}

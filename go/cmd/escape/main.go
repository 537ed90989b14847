// Twin: crates/escape/src/main.rs

// Command escape is the program of the topic escape.
package main

import (
	"memory.example/pairs/escape"
	"memory.example/pairs/pair"
)

func main() {
	topic := pair.Topic{
		Name:  "escape",
		Says:  "Values that end with their function, or outlive it.",
		Cases: escape.Cases,
	}
	if !pair.Timed {
		topic.Demo = escape.Demo
		topic.Operations = escape.Operations
		topic.Replay = escape.Replay
		topic.Contrast = escape.Contrast
	}
	pair.Main(topic)
}

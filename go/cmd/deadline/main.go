// Twin: crates/deadline/src/main.rs

// Command deadline is the program of the topic deadline.
package main

import (
	"memory.example/pairs/deadline"
	"memory.example/pairs/pair"
)

func main() {
	topic := pair.Topic{
		Name:  "deadline",
		Says:  "A frame loop and an order book, both with a deadline.",
		Cases: deadline.Cases,
	}
	if !pair.Timed {
		topic.Demo = deadline.Demo
		topic.Operations = deadline.Operations
		topic.Replay = deadline.Replay
		topic.Contrast = deadline.Contrast
	}
	pair.Main(topic)
}

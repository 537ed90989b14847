// Twin: crates/pauses/src/main.rs

// Command pauses is the program of the topic pauses.
package main

import (
	"memory.example/pairs/pair"
	"memory.example/pairs/pauses"
)

func main() {
	topic := pair.Topic{
		Name:  "pauses",
		Says:  "Requests over a live heap: what a pause is in each language.",
		Cases: pauses.Cases,
	}
	if !pair.Timed {
		topic.Demo = pauses.Demo
		topic.Operations = pauses.Operations
		topic.Replay = pauses.Replay
		topic.Contrast = pauses.Contrast
	}
	pair.Main(topic)
}

// Twin: crates/cycles/src/main.rs

// Command cycles is the program of the topic cycles.
package main

import (
	"memory.example/pairs/cycles"
	"memory.example/pairs/pair"
)

func main() {
	topic := pair.Topic{
		Name:  "cycles",
		Says:  "A tree whose nodes know their parent.",
		Cases: cycles.Cases,
	}
	if !pair.Timed {
		topic.Demo = cycles.Demo
		topic.Operations = cycles.Operations
		topic.Replay = cycles.Replay
		topic.Contrast = cycles.Contrast
		topic.Commands = []pair.Command{cycles.Parts}
	}
	pair.Main(topic)
}

// Twin: crates/destruction/src/main.rs

// Command destruction is the program of the topic destruction.
package main

import (
	"memory.example/pairs/destruction"
	"memory.example/pairs/pair"
)

func main() {
	topic := pair.Topic{
		Name:  "destruction",
		Says:  "Opens files and closes them on every way out of a scope.",
		Cases: destruction.Cases,
	}
	if !pair.Timed {
		topic.Demo = destruction.Demo
		topic.Operations = destruction.Operations
		topic.Replay = destruction.Replay
		topic.Contrast = destruction.Contrast
		topic.Commands = destruction.Commands
	}
	pair.Main(topic)
}

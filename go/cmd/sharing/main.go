// Twin: crates/sharing/src/main.rs

// Command sharing is the program of the topic sharing.
package main

import (
	"memory.example/pairs/pair"
	"memory.example/pairs/sharing"
)

func main() {
	topic := pair.Topic{
		Name:  "sharing",
		Says:  "One value that many workers share, freed once after the last.",
		Cases: sharing.Cases,
	}
	if !pair.Timed {
		topic.Demo = sharing.Demo
		topic.Operations = sharing.Operations
		topic.Replay = sharing.Replay
		topic.Contrast = sharing.Contrast
		topic.Commands = []pair.Command{sharing.Parts}
	}
	pair.Main(topic)
}

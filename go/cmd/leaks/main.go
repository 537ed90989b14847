// Twin: crates/leaks/src/main.rs

// Command leaks is the program of the topic leaks.
package main

import (
	"memory.example/pairs/leaks"
	"memory.example/pairs/pair"
)

func main() {
	topic := pair.Topic{
		Name:  "leaks",
		Says:  "Fills a cache that only grows, and one that has a limit.",
		Cases: leaks.Cases,
	}
	if !pair.Timed {
		topic.Demo = leaks.Demo
		topic.Operations = leaks.Operations
		topic.Replay = leaks.Replay
		topic.Contrast = leaks.Contrast
		topic.Commands = []pair.Command{leaks.Parts}
	}
	pair.Main(topic)
}

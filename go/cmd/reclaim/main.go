// Twin: crates/reclaim/src/main.rs

// Command reclaim is the program of the topic reclaim.
package main

import (
	"memory.example/pairs/pair"
	"memory.example/pairs/reclaim"
)

func main() {
	topic := pair.Topic{
		Name:  "reclaim",
		Says:  "Many buffers, of which a window is alive: who frees the others, and when.",
		Cases: reclaim.Cases,
	}
	if !pair.Timed {
		topic.Demo = reclaim.Demo
		topic.Operations = reclaim.Operations
		topic.Replay = reclaim.Replay
		topic.Contrast = reclaim.Contrast
	}
	pair.Main(topic)
}

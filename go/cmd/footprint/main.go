// Twin: crates/footprint/src/main.rs

// Command footprint is the program of the topic footprint.
package main

import (
	"memory.example/pairs/footprint"
	"memory.example/pairs/pair"
)

func main() {
	pair.Main(pair.Topic{
		Name:       "footprint",
		Says:       "A singly linked list, one heap block for each node.",
		Demo:       footprint.Demo,
		Operations: footprint.Operations,
		Replay:     footprint.Replay,
		Contrast:   footprint.Contrast,
		Cases:      footprint.Cases,
	})
}

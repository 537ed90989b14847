// Twin: crates/cycles/src/main.rs

// Command cycles is the program of the topic cycles.
package main

import (
	"memory.example/pairs/cycles"
	"memory.example/pairs/pair"
)

func main() {
	pair.Main(pair.Topic{
		Name:       "cycles",
		Says:       "A tree whose nodes know their parent.",
		Demo:       cycles.Demo,
		Operations: cycles.Operations,
		Replay:     cycles.Replay,
		Contrast:   cycles.Contrast,
		Cases:      cycles.Cases,
		Commands:   []pair.Command{cycles.Parts},
	})
}

// Twin: crates/escape/src/main.rs

// Command escape is the program of the topic escape.
package main

import (
	"memory.example/pairs/escape"
	"memory.example/pairs/pair"
)

func main() {
	pair.Main(pair.Topic{
		Name:       "escape",
		Says:       "Values that end with their function, or outlive it.",
		Demo:       escape.Demo,
		Operations: escape.Operations,
		Replay:     escape.Replay,
		Contrast:   escape.Contrast,
		Cases:      escape.Cases,
	})
}

// Twin: crates/allocation/src/main.rs

// Command allocation is the program of the topic allocation.
package main

import (
	"memory.example/pairs/allocation"
	"memory.example/pairs/pair"
)

func main() {
	pair.Main(pair.Topic{
		Name:       "allocation",
		Says:       "Short-lived slices that a compiler may see through.",
		Demo:       allocation.Demo,
		Operations: allocation.Operations,
		Replay:     allocation.Replay,
		Contrast:   allocation.Contrast,
		Cases:      allocation.Cases,
	})
}

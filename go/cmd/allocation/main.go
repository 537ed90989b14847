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
		Says:       "Many short-lived slices of integers, of which the compiler sees more or less.",
		Demo:       allocation.Demo,
		Operations: allocation.Operations,
		Replay:     allocation.Replay,
		Contrast:   allocation.Contrast,
		Cases:      allocation.Cases,
	})
}

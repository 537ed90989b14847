// Twin: crates/sharing/src/main.rs

// Command sharing is the program of the topic sharing.
package main

import (
	"memory.example/pairs/pair"
	"memory.example/pairs/sharing"
)

func main() {
	pair.Main(pair.Topic{
		Name:       "sharing",
		Says:       "One value that many workers share, freed once after the last.",
		Demo:       sharing.Demo,
		Operations: sharing.Operations,
		Replay:     sharing.Replay,
		Contrast:   sharing.Contrast,
		Cases:      sharing.Cases,
	})
}

// Twin: crates/reclaim/src/main.rs

// Command reclaim is the program of the topic reclaim.
package main

import (
	"memory.example/pairs/pair"
	"memory.example/pairs/reclaim"
)

func main() {
	pair.Main(pair.Topic{
		Name:       "reclaim",
		Says:       "Many buffers, of which a window is alive: who frees the others, and when.",
		Demo:       reclaim.Demo,
		Operations: reclaim.Operations,
		Replay:     reclaim.Replay,
		Contrast:   reclaim.Contrast,
		Cases:      reclaim.Cases,
	})
}

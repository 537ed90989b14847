// Twin: crates/pauses/src/main.rs

// Command pauses is the program of the topic pauses.
package main

import (
	"memory.example/pairs/pair"
	"memory.example/pairs/pauses"
)

func main() {
	pair.Main(pair.Topic{
		Name:       "pauses",
		Says:       "Requests over a live heap: what a pause is in each language.",
		Demo:       pauses.Demo,
		Operations: pauses.Operations,
		Replay:     pauses.Replay,
		Contrast:   pauses.Contrast,
		Cases:      pauses.Cases,
	})
}

// Twin: crates/deadline/src/main.rs

// Command deadline is the program of the topic deadline.
package main

import (
	"memory.example/pairs/deadline"
	"memory.example/pairs/pair"
)

func main() {
	pair.Main(pair.Topic{
		Name:       "deadline",
		Says:       "A frame loop and an order book, both with a deadline.",
		Demo:       deadline.Demo,
		Operations: deadline.Operations,
		Replay:     deadline.Replay,
		Contrast:   deadline.Contrast,
		Cases:      deadline.Cases,
	})
}

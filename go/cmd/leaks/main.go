// Twin: crates/leaks/src/main.rs

// Command leaks is the program of the topic leaks.
package main

import (
	"memory.example/pairs/leaks"
	"memory.example/pairs/pair"
)

func main() {
	pair.Main(pair.Topic{
		Name:       "leaks",
		Says:       "Fills a cache that only grows, and one that has a limit.",
		Demo:       leaks.Demo,
		Operations: leaks.Operations,
		Replay:     leaks.Replay,
		Contrast:   leaks.Contrast,
		Cases:      leaks.Cases,
	})
}

// Twin: crates/destruction/src/main.rs

// Command destruction is the program of the topic destruction.
package main

import (
	"memory.example/pairs/destruction"
	"memory.example/pairs/pair"
)

func main() {
	pair.Main(pair.Topic{
		Name:       "destruction",
		Says:       "Opens files and closes them on every way out of a scope.",
		Demo:       destruction.Demo,
		Operations: destruction.Operations,
		Replay:     destruction.Replay,
		Contrast:   destruction.Contrast,
		Cases:      destruction.Cases,
		Commands:   destruction.Commands,
	})
}

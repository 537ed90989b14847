// Twin: crates/server/src/main.rs

// Command server is the program of the topic server.
package main

import (
	"memory.example/pairs/pair"
	"memory.example/pairs/server"
)

func main() {
	topic := pair.Topic{
		Name:     "server",
		Says:     "A web server that touches 1 MiB for each request.",
		Cases:    server.Cases,
		Commands: server.Commands,
	}
	if !pair.Timed {
		topic.Demo = server.Demo
		topic.Operations = server.Operations
		topic.Replay = server.Replay
		topic.Contrast = server.Contrast
	}
	pair.Main(topic)
}

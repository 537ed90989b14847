// Twin: crates/server/src/main.rs

// Command server is the program of the topic server.
package main

import (
	"memory.example/pairs/pair"
	"memory.example/pairs/server"
)

func main() {
	pair.Main(pair.Topic{
		Name:       "server",
		Says:       "A web server that touches 1 MiB for each request.",
		Demo:       server.Demo,
		Operations: server.Operations,
		Replay:     server.Replay,
		Contrast:   server.Contrast,
		Cases:      server.Cases,
		Commands:   server.Commands,
	})
}

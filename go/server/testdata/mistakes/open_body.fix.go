// Fix: Read the body to its end, and close it: the connection is free for the next request.
// Answer: run prints 1 connections for 3 requests
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
)

func main() {
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	for range 3 {
		answer, err := http.Get(server.URL)
		if err != nil {
			fmt.Println(err)
			continue
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	fmt.Println(connections.Load(), "connections for 3 requests")
}

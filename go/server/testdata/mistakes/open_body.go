// Mistake: nobody reads or closes the answer's body, and the connection is never used again.
// Answer: silent
// Answer: run prints 3 connections for 3 requests
package main

import (
	"fmt"
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
		if _, err := http.Get(server.URL); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(connections.Load(), "connections for 3 requests")
}

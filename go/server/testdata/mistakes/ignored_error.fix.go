// Fix: Look at the error: `ListenAndServe` returns only with one.
// Answer: run prints address already in use
package main

import (
	"fmt"
	"net"
	"net/http"
)

func main() {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	if err := http.ListenAndServe(taken.Addr().String(), nil); err != nil {
		fmt.Println(err)
	}
}

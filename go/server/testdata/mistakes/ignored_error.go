// Mistake: as in the article, nobody looks at what ListenAndServe returns; here the port is taken.
// Answer: silent
// Answer: run nothing
package main

import (
	"net"
	"net/http"
)

func main() {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	http.ListenAndServe(taken.Addr().String(), nil)
}

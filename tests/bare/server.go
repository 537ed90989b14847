// A bare server of net/http, without limits, figures or a way to stop.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
)

var blackBox = func([]byte) {}

// The arguments are `serve --listen ADDRESS --workers N`.
func main() {
	workers, err := strconv.Atoi(os.Args[5])
	if err != nil {
		panic(err)
	}
	runtime.GOMAXPROCS(workers)
	listener, err := net.Listen("tcp", os.Args[3])
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		data := make([]byte, 1<<20)
		copy(data, body)
		for i := 0; i < len(data); i += 64 {
			data[i] = 1
		}
		blackBox(data)
		fmt.Fprint(w, "OK")
	})
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "OK")
	})
	fmt.Println(listener.Addr())
	panic(http.Serve(listener, mux))
}

// Twin: crates/server/src/lib.rs

// Package server is a web server that touches 1 MiB for each request.
package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"
)

// Payload is the memory that a request touches, and the longest body it may
// bring.
const Payload = 1 << 20

// Limits are what a client may take: time, and connections.
//
// A time below a millisecond is one, above a day it is a day; a number below
// one is one.
type Limits struct {
	// Head is how long the head of a request may take.
	Head time.Duration
	// Body is how long a whole request may take, and how long its answer.
	Body time.Duration
	// Idle is how long a connection may wait for its next request.
	Idle time.Duration
	// Connections is how many connections there may be; more have to wait.
	Connections int
}

// UsualLimits are limits that suffice for every honest client.
func UsualLimits() Limits {
	return Limits{
		Head:        5 * time.Second,
		Body:        30 * time.Second,
		Idle:        60 * time.Second,
		Connections: 16_384,
	}
}

// Site is what all requests share.
type Site struct {
	// Requests is how many requests have touched their memory.
	Requests atomic.Int64
	// Measure asks the runtime for its figures, given the number of requests.
	Measure func(requests int) Figures
}

// Figures are the figures that /stats reports, under the same names in both
// languages.
type Figures struct {
	// Requests is how many requests have touched their memory.
	Requests int `json:"requests"`
	// Threads is how many threads the process has.
	Threads int `json:"threads"`
	// AllocatedBytes is the number of bytes requested from the heap.
	AllocatedBytes int `json:"allocated_bytes"`
	// FreedBytes is the number of them that were freed.
	FreedBytes int `json:"freed_bytes"`
	// Collections is how many collections there were.
	Collections int `json:"collections"`
	// PausedNanoseconds is how long they stopped the program.
	PausedNanoseconds int `json:"paused_nanoseconds"`
}

// Answer copies the body into new memory, touches that, and answers OK.
func Answer(site *Site) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, Payload))
		if err != nil {
			refuse(w, err)
			return
		}
		data := make([]byte, Payload)
		copy(data, body)
		Touch(data)
		site.Requests.Add(1)
		fmt.Fprint(w, "OK") // data is garbage from here on
	}
}

// Health answers OK and does nothing else.
func Health(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(w, "OK")
}

// Stats answers with the runtime's figures.
func Stats(site *Site) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		figures := site.Measure(int(site.Requests.Load()))
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(figures)
	}
}

// Touch writes one byte in each cache line.
func Touch(data []byte) {
	for i := 0; i < len(data); i += 64 {
		data[i] = 1
	}
	blackBox(data)
}

// Routes returns the handler of each path; all else is 404, or 405 with the
// allowed methods.
func Routes(site *Site) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", Answer(site))
	mux.Handle("POST /{$}", Answer(site))
	mux.HandleFunc("GET /health", Health)
	mux.Handle("GET /stats", Stats(site))
	return mux
}

// Serve serves until it is told to stop, and then finishes the requests under
// way.
func Serve(
	stop context.Context, listener net.Listener,
	workers int, // goroutines that run at the same time
	limits Limits, // without them a client may keep a connection for ever
	routes http.Handler,
) error {
	runtime.GOMAXPROCS(max(workers, 1))
	server, limited := newServer(limits, listener, routes)
	stopped := make(chan error, 1)
	context.AfterFunc(stop, func() { stopped <- shutdown(server) })
	if err := server.Serve(limited); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// blackBox is a variable, so that the compiler cannot know that nobody looks.
var blackBox = func([]byte) {}

// Twin: crates/server/src/measure.rs

package server

import (
	"net/http"

	"memory.example/pairs/pair"
)

// Cases are the measured cases: the handler without HTTP, and many tasks. A server under load is measured from outside.
var Cases = append([]pair.Case{{
	Name:  "request",
	Unit:  "ns",
	Says:  "handles SCALE requests in process, one after the other, each of which touches 1 MiB",
	Scale: 200,
	Max:   100_000,
	Run:   measureRequest,
}}, taskCases...)

func measureRequest(bench *pair.Bench) error {
	site := &Site{}
	handle(site, bench.Scale)
	bench.Answer(site.Requests.Load())
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		before := site.Requests.Load()
		sample.Time(func() { handle(site, bench.Scale) })
		sample.Answers(site.Requests.Load() - before)
		bench.Report(sample)
	}
	return nil
}

func handle(site *Site, count int) {
	answer := Answer(site)
	for range count {
		answer(discard{}, &http.Request{Body: http.NoBody})
	}
}

// discard is where an answer goes that nobody waits for.
type discard struct{}

func (discard) Header() http.Header { return http.Header{} }

func (discard) Write(text []byte) (int, error) { return len(text), nil }

func (discard) WriteHeader(int) {}

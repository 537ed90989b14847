// Twin: crates/pauses/src/measure.rs

package pauses

import (
	"runtime"
	"time"

	"memory.example/pairs/pair"
)

// Cases are the measured cases.
var Cases = []pair.Case{
	{
		Name:  "request",
		Unit:  "ns",
		Says:  "answers 10000 requests over SCALE visits alive; then 10000 more, each timed",
		Scale: 1_000_000,
		Most:  10_000_000,
		Run:   measureRequest,
	},
	{
		Name:  "release",
		Unit:  "ns",
		Says:  "closes all sessions at once, with SCALE visits",
		Scale: 1_000_000,
		Most:  10_000_000,
		Run:   measureRelease,
	},
	{
		Name:  "cycle",
		Unit:  "ns",
		Says:  "makes 200000 objects that do not last, 100000 requests, over SCALE visits alive",
		Scale: 1_000_000,
		Most:  10_000_000,
		Run:   measureCycle,
	},
}

func measureRequest(bench *pair.Bench) error {
	heap := opened(bench.Scale)
	lots := uint64(1)
	bench.Answer(heap.Requests(10_000, lots, visitNow))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		sample.Time(func() { runtime.KeepAlive(heap.Requests(10_000, lots, visitNow)) })
		latencies := pair.NewLatencies()
		for range 10_000 {
			key := heap.Draw(&lots)
			start := time.Now()
			page, _ := heap.Request(key, visitNow())
			runtime.KeepAlive(page)
			latencies.Record(time.Since(start))
		}
		sample.SetLatencies("request_ns", latencies)
		bench.Report(sample)
	}
	return nil
}

func measureRelease(bench *pair.Bench) error {
	heap := opened(bench.Scale)
	sum := 0
	for key := 1; key <= heap.Live(); key++ {
		for _, value := range heap.History(key) {
			sum += value
		}
	}
	bench.Answer(sum)
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		heap = opened(bench.Scale)
		sample.TimeAs("release", heap.CloseAll)
		bench.Report(sample)
	}
	return nil
}

func measureCycle(bench *pair.Bench) error {
	heap := opened(bench.Scale)
	lots := uint64(1)
	bench.Answer(heap.Requests(100_000, lots, visitNow))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		lots++
		sample.Time(func() { runtime.KeepAlive(heap.Requests(100_000, lots, visitNow)) })
		bench.Report(sample)
	}
	return nil
}

// opened returns sessions with so many visits in all, rounded up to full histories.
func opened(visits int) *Sessions[int] {
	heap := NewSessions[int]()
	for range (visits + Remembered - 1) / Remembered {
		heap.Open(visitNow)
	}
	return heap
}

func visitNow() int {
	return 1
}

// Twin: crates/pauses/src/measure.rs

package pauses

import (
	"runtime"
	"sync/atomic"
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
		Max:   10_000_000,
		Run:   measureRequest,
	},
	{
		Name:  "release",
		Unit:  "ns",
		Says:  "closes all sessions at once, with SCALE visits",
		Scale: 1_000_000,
		Max:   10_000_000,
		Run:   measureRelease,
	},
	{
		Name:  "cycle",
		Unit:  "ns",
		Says:  "makes 200000 objects that do not last, 100000 requests, over SCALE visits alive; then again beside a thread that idles",
		Scale: 1_000_000,
		Max:   10_000_000,
		Run:   measureCycle,
	},
	dropHere,
	dropElsewhere,
	marking,
	markingIdle,
	markingAllocating,
}

// tick is how often the idle thread wakes.
const tick = time.Millisecond

func measureRequest(bench *pair.Bench) error {
	heap := opened(bench.Scale)
	lots := uint64(1)
	bench.Answer(heap.Requests(10_000, lots, visitNow))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = heap.Requests(10_000, lots, visitNow) })
		sample.Answers(answer)
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
		live := heap.Live()
		sample.TimeAs("release", heap.CloseAll)
		sample.Answers((live - heap.Live()) * Remembered)
		bench.Report(sample)
	}
	return nil
}

func measureCycle(bench *pair.Bench) error {
	heap := opened(bench.Scale)
	lots := uint64(1)
	bench.Answer(heap.Requests(100_000, lots, visitNow))
	bench.Begin()
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		lots++
		answer := 0
		sample.Time(func() { answer = heap.Requests(100_000, lots, visitNow) })
		sample.Answers(answer)
		// Not while it is timed: waking costs a little.
		late := beside(func() { runtime.KeepAlive(heap.Requests(100_000, lots, visitNow)) })
		sample.SetLatencies("idle_late_ns", late)
		bench.Report(sample)
	}
	return nil
}

// beside works beside a thread that only wakes each millisecond; it tells how late that woke.
func beside(work func()) *pair.Latencies {
	var over atomic.Bool
	late := make(chan *pair.Latencies)
	go func() { late <- wake(&over) }()
	work()
	over.Store(true)
	return <-late
}

// wake wakes each millisecond until the work is over. After oversleeping, it records every missed tick.
func wake(over *atomic.Bool) *pair.Latencies {
	// A thread of its own, which sleeps in the system: a goroutine would queue behind others.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	late := pair.NewLatencies()
	for due := time.Now(); !over.Load(); {
		due = due.Add(tick)
		pair.SleepThread(time.Until(due))
		late.Record(time.Since(due))
	}
	return late
}

// opened returns sessions with this many visits in all, rounded up to full histories.
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

// Twin: crates/pauses/src/marking.rs

package pauses

import (
	"math/bits"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	"memory.example/pairs/pair"
)

var marking, markingIdle, markingAllocating = pair.Case{
	Name:  "marking",
	Unit:  "ns",
	Says:  "computes on each core beside a tree of SCALE nodes; in Go collections follow each other meanwhile",
	Scale: 3_000_000,
	Max:   30_000_000,
	Run:   func(bench *pair.Bench) error { return measureMarking(bench, runtime.GOMAXPROCS(0), compute) },
}, pair.Case{
	Name:  "marking_idle",
	Unit:  "ns",
	Says:  "does the same with one core left idle, if there are several",
	Scale: 3_000_000,
	Max:   30_000_000,
	Run:   func(bench *pair.Bench) error { return measureMarking(bench, max(runtime.GOMAXPROCS(0)-1, 1), compute) },
}, pair.Case{
	Name:  "marking_allocating",
	Unit:  "ns",
	Says:  "does the same as marking, and each thread makes 5000000 blocks of 64 bytes and keeps the last 128",
	Scale: 3_000_000,
	Max:   30_000_000,
	Run:   func(bench *pair.Bench) error { return measureMarking(bench, runtime.GOMAXPROCS(0), computeAndAllocate) },
}

// markedRounds is how often a thread goes over its own numbers: so often that on one core a collection ends meanwhile.
const markedRounds = 5_000_000

// keptBlocks is how many blocks a thread keeps that allocates.
const keptBlocks = 128

// node is 32 bytes.
type node struct {
	numbers  [2]int
	children [2]*node
}

// marked is what collections took.
type marked struct {
	wall, dedicated, assist, idle int64
}

func measureMarking(bench *pair.Bench, threads int, compute func() int) error {
	root := tree(bench.Scale)
	bench.Answer(compute() + root.sum())
	bench.Begin()
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answers := make([]int, threads)
		var took marked
		sample.Time(func() {
			// When the first thread was done; nil until then.
			var over atomic.Pointer[time.Time]
			var running sync.WaitGroup
			for thread := range threads {
				running.Go(func() {
					answers[thread] = compute()
					now := time.Now()
					over.CompareAndSwap(nil, &now)
				})
			}
			took = collectUntil(&over)
			running.Wait()
		})
		computed := 0
		for _, answer := range answers {
			computed += answer
		}
		sample.Answers(computed/threads + root.sum())
		sample.Set("marking_ns", took.wall)
		sample.Set("marking_cpu_ns", took.dedicated)
		sample.Set("marking_assist_cpu_ns", took.assist)
		sample.Set("marking_idle_cpu_ns", took.idle)
		sample.Set("processors", runtime.GOMAXPROCS(0))
		bench.Report(sample)
	}
	return nil
}

// collectUntil collects again and again, and returns what the collections took whose marking ended before the first
// thread did: beside the others a processor idles.
func collectUntil(over *atomic.Pointer[time.Time]) marked {
	var all marked
	before := markingCPU()
	for {
		start := time.Now()
		runtime.GC()
		after := markingCPU()
		var stats debug.GCStats
		debug.ReadGCStats(&stats)
		// A collection sweeps behind its last pause: on one processor it lets the threads compute after each span, and
		// so takes as long as they do.
		end, done := stats.PauseEnd[0], over.Load()
		if done != nil && done.Before(end) {
			return all
		}
		all.wall += end.Sub(start).Nanoseconds()
		all.dedicated += after.dedicated - before.dedicated
		all.assist += after.assist - before.assist
		all.idle += after.idle - before.idle
		if done != nil {
			return all
		}
		before = after
	}
}

// markingCPU returns the CPU time that marking took until now, by workers, by goroutines that allocate, and by
// processors with nothing else to do.
func markingCPU() marked {
	samples := []metrics.Sample{
		{Name: "/cpu/classes/gc/mark/dedicated:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/assist:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/idle:cpu-seconds"},
	}
	metrics.Read(samples)
	nanoseconds := func(i int) int64 { return int64(1e9 * samples[i].Value.Float64()) }
	return marked{dedicated: nanoseconds(0), assist: nanoseconds(1), idle: nanoseconds(2)}
}

// compute goes over the numbers, and makes nothing.
func compute() int {
	return rounds(func(int, uint64) {})
}

// computeAndAllocate makes a block in each round, in the place of an older one.
func computeAndAllocate() int {
	blocks := make([]*[8]uint64, keptBlocks)
	for place := range blocks {
		blocks[place] = new([8]uint64)
	}
	computed := rounds(func(round int, last uint64) {
		blocks[round%keptBlocks] = &[8]uint64{last, last, last, last, last, last, last, last}
	})
	for _, block := range blocks {
		computed += int(block[7] >> 40)
	}
	return computed
}

// rounds is multiplications that wait for each other, over 1 KiB of the thread's own; it tells what each round
// ended with.
func rounds(each func(round int, last uint64)) int {
	var own [128]uint64
	for i := range own {
		own[i] = 1
	}
	last := uint64(0)
	for round := range markedRounds {
		for i, word := range &own {
			last = bits.RotateLeft64((last^word)*0x9e37_79b9_7f4a_7c15, 29)
			own[i] = last
		}
		each(round, last)
	}
	// Few bits, so that the answers of all threads can be added up.
	return int(last >> 40)
}

// tree returns a tree of so many nodes, as flat as can be.
func tree(count int) *node {
	if count == 0 {
		return nil
	}
	rest := count - 1
	children := [2]*node{tree(rest / 2), tree(rest - rest/2)}
	return &node{[2]int{1, 1}, children}
}

func (n *node) sum() int {
	if n == nil {
		return 0
	}
	return n.numbers[1] + n.children[0].sum() + n.children[1].sum()
}

// Twin: crates/sharing/src/measure.rs

package sharing

import (
	"math/bits"
	"runtime"
	"sync/atomic"

	"memory.example/pairs/pair"
)

// Cases are the measured cases.
var Cases = []pair.Case{
	{
		Name:  "clone_drop_shared",
		Unit:  "ns",
		Says:  "makes SCALE further handles of one value on each core at once, and drops each",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   func(bench *pair.Bench) error { return onCores(bench, cores(), cloneDrop) },
	},
	{
		Name:  "clone_drop_alone",
		Unit:  "ns",
		Says:  "makes SCALE further handles of one value on one thread, and drops each",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   func(bench *pair.Bench) error { return onCores(bench, 1, cloneDrop) },
	},
	{
		Name:  "clone_drop_two",
		Unit:  "ns",
		Says:  "makes SCALE further handles of one value on each of two threads at once, and drops each",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   func(bench *pair.Bench) error { return onCores(bench, 2, cloneDrop) },
	},
	{
		Name:  "clone_drop_own",
		Unit:  "ns",
		Says:  "makes SCALE further handles on each of two threads at once, each of a value of its own, and drops each",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   func(bench *pair.Bench) error { return onCores(bench, 2, cloneDropOwn) },
	},
	{
		Name:  "clone_drop_work",
		Unit:  "ns",
		Says:  "does the same as clone_drop_two, with arithmetic on 1 KiB of the thread's own before each handle",
		Scale: 100_000,
		Max:   10_000_000,
		Run:   func(bench *pair.Bench) error { return onCores(bench, 2, cloneDropWork) },
	},
	{
		Name:  "clone_drop_work_alone",
		Unit:  "ns",
		Says:  "does the same on one thread",
		Scale: 100_000,
		Max:   10_000_000,
		Run:   func(bench *pair.Bench) error { return onCores(bench, 1, cloneDropWork) },
	},
	{
		Name:  "allocate_free_shared",
		Unit:  "ns",
		Says:  "allocates SCALE blocks of 64 bytes on each core at once, and frees each",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   func(bench *pair.Bench) error { return onCores(bench, cores(), allocateFree) },
	},
	{
		Name:  "allocate_free",
		Unit:  "ns",
		Says:  "allocates SCALE blocks of 64 bytes on one thread, and frees each",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   func(bench *pair.Bench) error { return onCores(bench, 1, allocateFree) },
	},
	{
		Name:  "atomic_add",
		Unit:  "ns",
		Says:  "adds to one number SCALE times, atomically, on one thread",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   func(bench *pair.Bench) error { return onCores(bench, 1, atomicAdd) },
	},
}

// counter is what is added to.
var counter atomic.Int64

// block is a value of 64 bytes.
type block [8]int

// blackBox is a variable, so that the compiler cannot know that nobody looks.
var blackBox = func(*block) {}

// onCores times workers that share a value; the answer is the work of one, for machines differ in cores.
func onCores(bench *pair.Bench, workers int, work func(value *block, times int) int) error {
	value, times := &block{1, 1, 1, 1, 1, 1, 1, 1}, bench.Scale
	bench.Answer(work(value, times))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		var answers []int
		sample.Time(func() {
			answers = Share(value, workers, func(_ int, value *block) int { return work(value, times) })
		})
		sum := 0
		for _, answer := range answers {
			sum += answer
		}
		// The work of one, if all have done it.
		sample.Answers(sum / workers)
		bench.Report(sample)
	}
	return nil
}

func cloneDrop(value *block, times int) int {
	return value[0] * CloneAndDrop(value, times)
}

func cloneDropOwn(value *block, times int) int {
	own := *value
	return own[0] * CloneAndDrop(&own, times)
}

func cloneDropWork(value *block, times int) int {
	var own [128]uint64
	for i := range own {
		own[i] = 1
	}
	made, last := 0, uint64(0)
	for range times {
		last = arithmetic(&own, last)
		made += CloneAndDrop(value, 1)
	}
	// Few bits, so that the answers of all workers can be added up.
	return value[0]*made + int(last>>40)
}

// arithmetic is some 700 ns of multiplications that wait for each other.
func arithmetic(own *[128]uint64, last uint64) uint64 {
	for range 3 {
		for i, word := range own {
			last = bits.RotateLeft64((last^word)*0x9e37_79b9_7f4a_7c15, 29)
			own[i] = last
		}
	}
	return last
}

func allocateFree(value *block, times int) int {
	sum := 0
	for range times {
		copied := *value
		blackBox(&copied)
		sum += copied[7]
	}
	return sum
}

func atomicAdd(value *block, times int) int {
	before := counter.Load()
	for range times {
		counter.Add(int64(value[0]))
	}
	return int(counter.Load() - before)
}

// cores returns how many goroutines can run at the same time.
func cores() int {
	return runtime.GOMAXPROCS(0)
}

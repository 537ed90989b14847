// Twin: crates/allocation/src/measure.rs

package allocation

import (
	"runtime"
	"runtime/debug"
	"slices"

	"memory.example/pairs/pair"
)

// Cases are the measured cases.
var Cases = slices.Concat([]pair.Case{
	{
		Name:  "removable",
		Unit:  "ns",
		Says:  "makes SCALE slices of 100 integers that the compiler may remove",
		Scale: 1_000_000,
		Max:   100_000_000,
		// The length is a constant at each call: the compiler may make use of it.
		Run: measureForm(func(count int) int { return Removable(count, Length) }),
	},
	{
		Name:  "observed",
		Unit:  "ns",
		Says:  "makes SCALE slices of 100 integers that are looked at",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   measureForm(func(count int) int { return Observed(count, Length) }),
	},
	{
		Name:  "escaping",
		Unit:  "ns",
		Says:  "makes SCALE slices of 100 integers that must be on the heap",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   measureForm(func(count int) int { return Escaping(count, Length) }),
	},
	{
		Name:  "escaping_written",
		Unit:  "ns",
		Says:  "makes SCALE slices of 100 integers that must be on the heap, and writes every integer",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   measureForm(escapingWritten),
	},
	{
		Name:  "as_written",
		Unit:  "ns",
		Says:  "makes SCALE slices of 100 integers as the article does, without using them",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run: measureForm(func(count int) int {
			AsWritten(count)
			return count
		}),
	},
	{
		Name:  "alone",
		Unit:  "ns",
		Says:  "makes and keeps SCALE slices of 100 integers on memory that was used before",
		Scale: 100_000,
		Max:   1_000_000,
		Run:   measureAlone,
	},
	{
		Name:  "batches",
		Unit:  "ns",
		Says:  "writes SCALE batches of 1000 slices of 100 integers, then frees all; each part is timed by itself",
		Scale: 100,
		Max:   2_000,
		Run:   measureBatches,
	},
	{
		Name:  "steady",
		Unit:  "ns",
		Says:  "makes SCALE slices of 100 integers and writes them, while a tree of as many nodes of 64 bytes lives",
		Scale: 1_600_000,
		Max:   20_000_000,
		Run:   measureSteady,
	},
}, textCases, readCases)

// measuredBatch is how many slices a batch has.
const measuredBatch = 1000

// batchSink holds the batches, on the heap; treeSink lives to the end of the process, where the runtime
// is asked what lives.
var (
	batchSink [][][]int
	treeSink  *tree
)

// measureForm returns what measures slices that are made in one of the forms.
func measureForm(form func(count int) int) func(*pair.Bench) error {
	return func(bench *pair.Bench) error {
		bench.Answer(form(bench.Scale))
		for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
			answer := 0
			sample.Time(func() { answer = form(bench.Scale) })
			sample.Answers(answer)
			bench.Report(sample)
		}
		return nil
	}
}

// escapingWritten makes slices that need the heap, and adds up their last integers.
func escapingWritten(count int) int {
	sum := 0
	for i := range count {
		s := written(i)
		sum += s[Length-1]
		sink = s
	}
	return sum
}

// written returns a slice with every integer written.
func written(first int) []int {
	s := make([]int, Length)
	for i := range s {
		s[i] = first + i
	}
	return s
}

func measureAlone(bench *pair.Bench) error {
	// From here on the collector runs only where it is called, and gives nothing back to the system.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	kept := make([][]int, bench.Scale)
	// Written first: memory that is new to the process costs more when it is touched.
	for i := range kept {
		kept[i] = written(i)
	}
	release := func() {
		clear(kept)
		runtime.GC()
	}
	fill := func() {
		for i := range kept {
			kept[i] = make([]int, Length)
		}
	}
	release()
	fill()
	bench.Answer(total(kept))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		release()
		sample.Time(fill)
		sample.Answers(total(kept))
		bench.Report(sample)
	}
	return nil
}

// total returns the length of all slices.
func total(kept [][]int) int {
	sum := 0
	for _, s := range kept {
		sum += len(s)
	}
	return sum
}

func measureBatches(bench *pair.Bench) error {
	bench.Answer(batch(bench.Scale, pair.NewTrial()))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		sample.Answers(batch(bench.Scale, sample))
		bench.Report(sample)
	}
	return nil
}

// batch writes batches and frees all: a single one is over before the clock has been read. It returns the
// sum of the slices' last integers.
func batch(count int, sample *pair.Sample) int {
	sample.TimeAs("fill", func() {
		batchSink = make([][][]int, 0, count)
		for range count {
			batch := make([][]int, 0, measuredBatch)
			for i := range measuredBatch {
				batch = append(batch, written(i))
			}
			batchSink = append(batchSink, batch)
		}
	})
	sum := 0
	for _, batch := range batchSink {
		for _, s := range batch {
			sum += s[Length-1]
		}
	}
	sample.TimeAs("release", func() { batchSink = nil })
	return sum
}

func measureSteady(bench *pair.Bench) error {
	treeSink = newTree(0, bench.Scale)
	lives := treeSink.sum()
	bench.Answer(lives + escapingWritten(bench.Scale))
	bench.Begin()
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = escapingWritten(bench.Scale) })
		sample.Answers(lives + answer)
		bench.Report(sample)
	}
	return nil
}

// tree is a node of 64 bytes, in a block of its own.
type tree struct {
	numbers     [6]int
	left, right *tree
}

// newTree returns the complete tree of this many nodes, from this one on: below node n are 2n + 1 and 2n + 2.
func newTree(number, count int) *tree {
	if number >= count {
		return nil
	}
	return &tree{
		numbers: [6]int{number, number, number, number, number, number},
		left:    newTree(2*number+1, count),
		right:   newTree(2*number+2, count),
	}
}

// sum returns the sum over a tree's nodes.
func (t *tree) sum() int {
	if t == nil {
		return 0
	}
	return t.numbers[5] + t.left.sum() + t.right.sum()
}

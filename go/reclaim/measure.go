// Twin: crates/reclaim/src/measure.rs

package reclaim

import (
	"time"

	"memory.example/pairs/pair"
)

// Cases are the measured cases.
var Cases = []pair.Case{
	{
		Name:  "window",
		Unit:  "ns",
		Says:  "fills SCALE buffers of 1 KiB, of which 1000 are alive at any time",
		Scale: 100_000,
		Max:   10_000_000,
		Run:   measureWindow,
	},
	{
		Name:  "batches",
		Unit:  "ns",
		Says:  "fills SCALE batches of 1000 buffers of 1 KiB, then frees all; each part is timed by itself",
		Scale: 100,
		Max:   2_000,
		Run:   measureBatches,
	},
	{
		Name:  "release_one",
		Unit:  "ns",
		Says:  "frees SCALE buffers of 1 KiB one by one, each timed",
		Scale: 100_000,
		Max:   1_000_000,
		Run:   measureReleaseOne,
	},
	{
		Name:  "release_million",
		Unit:  "ns",
		Says:  "frees SCALE values of 64 bytes at once, each a block of its own",
		Scale: 1_000_000,
		Max:   10_000_000,
		Run:   measureReleaseMillion,
	},
	{
		Name:  "release_together",
		Unit:  "ns",
		Says:  "frees SCALE values of 64 bytes at once, all in one block",
		Scale: 1_000_000,
		Max:   10_000_000,
		Run:   measureReleaseTogether,
	},
	{
		Name:  "one_large",
		Unit:  "ns",
		Says:  "fills one buffer of SCALE bytes, adds up one byte in 64 and frees it",
		Scale: 104_857_600,
		Max:   1 << 30,
		Run:   measureOneLarge,
	},
}

const (
	measuredSize  = 1024
	measuredAlive = 1000
)

// These keep the compiler from seeing that nobody needs what is released.
var (
	batchSink  [][][]byte
	boxesSink  []*[8]int
	valuesSink [][8]int
)

func measureWindow(bench *pair.Bench) error {
	bench.Answer(pass(NewWindow[[]byte](measuredAlive), bench.Scale))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = pass(NewWindow[[]byte](measuredAlive), bench.Scale) })
		sample.Answers(answer)
		bench.Report(sample)
	}
	return nil
}

// pass passes buffers through a window and returns the sum of their last bytes.
func pass(window *Window[[]byte], count int) int {
	sum := 0
	for number := 1; number <= count; number++ {
		data := buffer(number)
		sum += int(data[measuredSize-1])
		window.Keep(data)
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

// batch fills batches and frees all: a single one is over before the clock has been read. It returns the
// sum of the buffers' last bytes.
func batch(count int, sample *pair.Sample) int {
	sample.TimeAs("fill", func() {
		batchSink = make([][][]byte, 0, count)
		for range count {
			batch := make([][]byte, 0, measuredAlive)
			for number := 1; number <= measuredAlive; number++ {
				batch = append(batch, buffer(number))
			}
			batchSink = append(batchSink, batch)
		}
	})
	sum := 0
	for _, batch := range batchSink {
		for _, data := range batch {
			sum += int(data[measuredSize-1])
		}
	}
	sample.TimeAs("release", func() { batchSink = nil })
	return sum
}

func measureReleaseOne(bench *pair.Bench) error {
	window := NewWindow[[]byte](bench.Scale)
	bench.Answer(pass(window, bench.Scale))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		window = NewWindow[[]byte](bench.Scale)
		sample.Answers(pass(window, bench.Scale))
		latencies := pair.NewLatencies()
		for number := 1; number <= bench.Scale; number++ {
			start := time.Now()
			window.Release(number)
			latencies.Record(time.Since(start))
		}
		sample.SetLatencies("release_ns", latencies)
		bench.Report(sample)
	}
	return nil
}

func measureReleaseMillion(bench *pair.Bench) error {
	boxesSink = blocks(bench.Scale)
	bench.Answer(sumOfBlocks(boxesSink))
	boxesSink = nil
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		boxesSink = blocks(bench.Scale)
		sample.Answers(sumOfBlocks(boxesSink))
		sample.TimeAs("release", func() { boxesSink = nil })
		bench.Report(sample)
	}
	return nil
}

func measureReleaseTogether(bench *pair.Bench) error {
	valuesSink = together(bench.Scale)
	bench.Answer(sumOfValues(valuesSink))
	valuesSink = nil
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		valuesSink = together(bench.Scale)
		sample.Answers(sumOfValues(valuesSink))
		sample.TimeAs("release", func() { valuesSink = nil })
		bench.Report(sample)
	}
	return nil
}

func measureOneLarge(bench *pair.Bench) error {
	bench.Answer(sumOfLines(Filled(bench.Scale, 1)))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = sumOfLines(Filled(bench.Scale, 1)) })
		sample.Answers(answer)
		bench.Report(sample)
	}
	return nil
}

// sumOfLines returns the sum of a byte of each cache line: a sum of all is single steps here and wide
// instructions in Rust.
func sumOfLines(data []byte) int {
	sum := 0
	for i := 0; i < len(data); i += 64 {
		sum += int(data[i])
	}
	return sum
}

// buffer returns a buffer with every byte written; none of them is zero, as in Rust.
func buffer(number int) []byte {
	return Filled(measuredSize, byte(1+number%255))
}

// blocks returns values of 64 bytes, each in a block of its own.
func blocks(count int) []*[8]int {
	blocks := make([]*[8]int, 0, count)
	for n := range count {
		blocks = append(blocks, &[8]int{n, n, n, n, n, n, n, n})
	}
	return blocks
}

func sumOfBlocks(blocks []*[8]int) int {
	sum := 0
	for _, block := range blocks {
		sum += block[7]
	}
	return sum
}

func sumOfValues(values [][8]int) int {
	sum := 0
	for _, value := range values {
		sum += value[7]
	}
	return sum
}

// together returns the same values in one block.
func together(count int) [][8]int {
	values := make([][8]int, 0, count)
	for n := range count {
		values = append(values, [8]int{n, n, n, n, n, n, n, n})
	}
	return values
}

// Twin: crates/escape/src/measure.rs

package escape

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases = []pair.Case{
	{
		Name:  "boxed_return",
		Unit:  "ns",
		Says:  "adds up SCALE numbers that are returned by their address",
		Scale: 1_000_000,
		Max:   1_000_000_000,
		Run:   measureCalls(boxedReturn),
	},
	{
		Name:  "value_return",
		Unit:  "ns",
		Says:  "adds up SCALE numbers that are returned by value",
		Scale: 10_000_000,
		Max:   1_000_000_000,
		Run:   measureCalls(valueReturn),
	},
}

// boxSink and valueSink are what anybody in this package could read.
var (
	boxSink   *int
	valueSink int
)

// measureCalls returns what measures that many calls.
func measureCalls(call func(count int) int) func(*pair.Bench) error {
	return func(bench *pair.Bench) error {
		bench.Answer(call(bench.Scale))
		for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
			answer := 0
			sample.Time(func() { answer = call(bench.Scale) })
			sample.Answers(answer)
			bench.Report(sample)
		}
		return nil
	}
}

// boxedReturn returns the sum of numbers behind addresses; anybody could keep one, so each is on the heap.
func boxedReturn(count int) int {
	sum := 0
	for n := range count {
		boxSink = Heap(n)
		sum += *boxSink
	}
	return sum
}

// valueReturn returns the sum of numbers; anybody could read one, so each is returned.
func valueReturn(count int) int {
	sum := 0
	for n := range count {
		valueSink = Local(n)
		sum += valueSink
	}
	return sum
}

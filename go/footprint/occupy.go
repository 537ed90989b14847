// Twin: crates/footprint/src/occupy.rs

package footprint

import (
	"runtime"

	"memory.example/pairs/pair"
)

// occupy measures what a structure of so many parts makes resident. Only the first one of a process meets memory
// that nobody used before, so there is one sample, and the answer is read from that one after it was weighed.
func occupy[S any](bench *pair.Bench, part uintptr, build func(int) S, sum func(S) int) error {
	bench.Once()
	sample := bench.NextSample()
	if sample == nil {
		return nil
	}
	before, ok := pair.ResidentBytes()
	made := build(bench.Scale)
	after, _ := pair.ResidentBytes()
	answer := sum(made)
	bench.Answer(answer)
	sample.Answers(answer)
	runtime.KeepAlive(made)
	sample.Set("size_bytes", part)
	if ok {
		sample.Set("resident_before_bytes", before)
		sample.Set("resident_after_bytes", after)
		sample.Set("node_bytes", float64(after-before)/float64(bench.Scale))
	}
	bench.Report(sample)
	return nil
}

// Twin: crates/leaks/src/emptied.rs

package leaks

import (
	"runtime"

	"memory.example/pairs/pair"
)

var emptiedMaps = []pair.Case{
	emptiedCase(
		"emptied_48",
		"fills a map with SCALE values of 48 bytes and removes them one by one; one sample only",
		1_000_000,
		measureEmptied(
			func(n int) (value [48]byte) { fillBytes(value[:], n); return value },
			func(value [48]byte) byte { return value[0] },
		),
	),
	emptiedCase(
		"emptied_48_behind",
		"does the same with each value behind a pointer",
		1_000_000,
		measureEmptied(
			func(n int) *[48]byte { value := new([48]byte); fillBytes(value[:], n); return value },
			func(value *[48]byte) byte { return value[0] },
		),
	),
	emptiedCase(
		"emptied_128",
		"does the same with values of 128 bytes",
		1_000_000,
		measureEmptied(
			func(n int) (value [128]byte) { fillBytes(value[:], n); return value },
			func(value [128]byte) byte { return value[0] },
		),
	),
	emptiedCase(
		"emptied_1k",
		"does the same with values of 1 KiB",
		100_000,
		measureEmptied(
			func(n int) (value [1024]byte) { fillBytes(value[:], n); return value },
			func(value [1024]byte) byte { return value[0] },
		),
	),
}

func emptiedCase(name, says string, scale int, run func(*pair.Bench) error) pair.Case {
	return pair.Case{Name: name, Unit: "bytes", Says: says, Scale: scale, Max: 10_000_000, Run: run}
}

func measureEmptied[V any](value func(int) V, first func(V) byte) func(*pair.Bench) error {
	return func(bench *pair.Bench) error {
		bench.Once()
		sample := bench.NextSample()
		if sample == nil {
			return nil
		}
		before := heldBytes()
		values := map[int]V{}
		for key := range bench.Scale {
			values[key] = value(key)
		}
		sample.Set("held_full_bytes", heldBytes()-before)
		sum := 0
		for key := range bench.Scale {
			if value, ok := values[key]; ok {
				sum += int(first(value))
			}
			delete(values, key)
		}
		answer := sum + len(values)
		sample.Set("held_emptied_bytes", heldBytes()-before)
		// Nothing shrinks a map: what is left has to move to a new one.
		fresh := make(map[int]V, len(values))
		for key, value := range values {
			fresh[key] = value
		}
		// The old map lives until here.
		runtime.KeepAlive(values)
		values = fresh
		sample.Set("held_remedied_bytes", max(heldBytes()-before, 0))
		runtime.KeepAlive(values)
		bench.Answer(answer)
		sample.Answers(answer)
		bench.Report(sample)
		return nil
	}
}

// heldBytes returns the bytes that the program holds.
func heldBytes() int {
	pair.Settle()
	heap := pair.HeapNow()
	return heap.Allocated - heap.Freed
}

func fillBytes(bytes []byte, number int) {
	for i := range bytes {
		bytes[i] = byte(number)
	}
}

// Twin: crates/footprint/src/slices.rs

package footprint

import (
	"unsafe"

	"memory.example/pairs/pair"
)

var freshPointers = pair.Case{
	Name:  "fresh_pointers",
	Unit:  "bytes",
	Says:  "memory that a fresh slice of SCALE pointers makes resident, the first thousandth written; one sample only",
	Scale: 1 << 25,
	Max:   1 << 27,
	Run:   func(bench *pair.Bench) error { return pointers(bench, none) },
}

var freshBytes = pair.Case{
	Name:  "fresh_bytes",
	Unit:  "bytes",
	Says:  "the same for a slice of SCALE bytes",
	Scale: 1 << 28,
	Max:   1 << 30,
	Run:   measureBytes,
}

var writtenPointers = pair.Case{
	Name:  "written_pointers",
	Unit:  "bytes",
	Says:  "the same for a slice of SCALE pointers that are set to nothing one by one before",
	Scale: 1 << 25,
	Max:   1 << 27,
	Run:   func(bench *pair.Bench) error { return pointers(bench, written) },
}

var recycledPointers = pair.Case{
	Name:  "recycled_pointers",
	Unit:  "bytes",
	Says:  "the same where a slice of this size was written whole and let go of before",
	Scale: 1 << 25,
	Max:   1 << 27,
	Run: func(bench *pair.Bench) error {
		return pointers(bench, func(count int) []*int {
			written(count)
			pair.Settle()
			return none(count)
		})
	},
}

func pointers(bench *pair.Bench, build func(count int) []*int) error {
	filled := func(count int) []*int {
		slice := build(count)
		for number := range thousandth(count) {
			slice[number] = &number
		}
		return slice
	}
	sum := func(slice []*int) int {
		sum := len(slice)
		for _, number := range slice {
			if number != nil {
				sum += *number
			}
		}
		return sum
	}
	return occupy(bench, unsafe.Sizeof((*int)(nil)), filled, sum)
}

func measureBytes(bench *pair.Bench) error {
	filled := func(count int) []byte {
		slice := make([]byte, count)
		for number := range thousandth(count) {
			slice[number] = byte(number)
		}
		return slice
	}
	sum := func(slice []byte) int {
		sum := len(slice)
		for _, number := range slice {
			sum += int(number)
		}
		return sum
	}
	return occupy(bench, 1, filled, sum)
}

// none returns pointers to nothing, which are zero as fresh memory is.
func none(count int) []*int {
	return make([]*int, count)
}

// written returns pointers to nothing, each written.
func written(count int) []*int {
	slice := none(count)
	for i := range slice {
		slice[i] = nil
	}
	return slice
}

func thousandth(count int) int {
	return (count + 999) / 1000
}

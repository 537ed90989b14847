// Twin: crates/allocator/src/blocks.rs

package allocator

import (
	"strconv"

	"memory.example/pairs/pair"
)

// blockRounds is how often a sample makes all blocks and gives them back.
const blockRounds = 100

// blockSizes are the sizes of the measured blocks.
var blockSizes = []int{1, 4, 8, 16, 32}

// blockCases are the measured cases: the arena is the one that this package teaches.
func blockCases() []pair.Case {
	var cases []pair.Case
	for _, size := range blockSizes {
		cases = append(cases, blockCase(
			"bump_"+strconv.Itoa(size),
			"writes SCALE blocks of the size in its name from a bump arena and resets it, 100 times",
			func(count int) int { return fromBump(count, size) },
		))
	}
	for _, size := range blockSizes {
		cases = append(cases, blockCase(
			"blocks_"+strconv.Itoa(size),
			"writes SCALE blocks of the size in its name from the heap and lets go of all, 100 times",
			func(count int) int { return fromBlocks(count, size) },
		))
	}
	return append(cases, blockCase(
		"blocks_tracked",
		"does the same as blocks_8, with a set of the addresses of live blocks",
		tracked,
	))
}

func blockCase(name, says string, work func(count int) int) pair.Case {
	run := func(bench *pair.Bench) error { return eachRound(bench, work) }
	return pair.Case{Name: name, Unit: "ns", Says: says, Scale: 10_007, Max: 1_000_000, Run: run}
}

// eachRound times a kind of memory: what it does with so many blocks, and the sum of their last bytes.
func eachRound(bench *pair.Bench, work func(count int) int) error {
	bench.Answer(work(bench.Scale))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = work(bench.Scale) })
		sample.Answers(answer)
		bench.Report(sample)
	}
	return nil
}

func fromBump(count, size int) int {
	arena := NewArena(make([]byte, count*size+1))
	sum := 0
	for range blockRounds {
		scope := arena.Scope()
		for number := range count {
			block, _ := scope.Alloc(size, 1)
			sum += writeAll(block, number)
		}
	}
	return sum
}

func fromBlocks(count, size int) int {
	blocks := make([][]byte, 0, count)
	sum := 0
	for range blockRounds {
		for number := range count {
			block := make([]byte, size)
			sum += writeAll(block, number)
			blocks = append(blocks, block)
		}
		clear(blocks)
		blocks = blocks[:0]
	}
	return sum
}

func tracked(count int) int {
	blocks := make([]*[8]byte, 0, count)
	live := map[*[8]byte]struct{}{}
	sum := 0
	for range blockRounds {
		for number := range count {
			block := new([8]byte)
			sum += writeAll(block[:], number)
			live[block] = struct{}{}
			blocks = append(blocks, block)
		}
		for _, block := range blocks {
			delete(live, block)
		}
		clear(blocks)
		blocks = blocks[:0]
	}
	return sum + len(live)
}

// writeAll writes every byte of a block and reads the last one.
func writeAll(block []byte, number int) int {
	for i := range block {
		block[i] = byte(number)
	}
	return int(block[len(block)-1])
}

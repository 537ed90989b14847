// Twin: crates/allocator/src/measure.rs

package allocator

import (
	"sync"

	"memory.example/pairs/pair"
)

// Cases are the measured cases.
var Cases = append([]pair.Case{
	{
		Name:  "arena",
		Unit:  "ns",
		Says:  "writes SCALE blocks of 32 bytes from an arena, reset every 1000 blocks",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   func(bench *pair.Bench) error { return eachRound(bench, fromArena) },
	},
	{
		Name:  "heap",
		Unit:  "ns",
		Says:  "writes SCALE blocks of 32 bytes from the heap, freed every 1000 blocks",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   func(bench *pair.Bench) error { return eachRound(bench, fromHeap) },
	},
	{
		Name:  "pool",
		Unit:  "ns",
		Says:  "writes SCALE blocks of 32 bytes from a pool, put back every 1000 blocks",
		Scale: 1_000_000,
		Max:   100_000_000,
		Run:   func(bench *pair.Bench) error { return eachRound(bench, fromPool) },
	},
}, blockCases()...)

const (
	measuredSize  = 32
	measuredAlive = 1000
	// pattern is what a block is filled with.
	pattern = "thirty-two bytes to fill a block"
)

func fromArena(count int) int {
	arena := NewArena(make([]byte, measuredAlive*measuredSize+measuredSize))
	sum := 0
	for first := 0; first < count; first += measuredAlive {
		scope := arena.Scope()
		for number := first; number < min(count, first+measuredAlive); number++ {
			block, _ := scope.Alloc(measuredSize, 8)
			sum += write(block, number)
		}
	}
	return sum
}

func fromHeap(count int) int {
	blocks := make([]*[measuredSize]byte, 0, measuredAlive)
	sum := 0
	for first := 0; first < count; first += measuredAlive {
		for number := first; number < min(count, first+measuredAlive); number++ {
			block := new([measuredSize]byte)
			sum += write(block[:], number)
			blocks = append(blocks, block)
		}
		clear(blocks)
		blocks = blocks[:0]
	}
	return sum
}

func fromPool(count int) int {
	pool := sync.Pool{New: func() any { return new([measuredSize]byte) }}
	blocks := make([]*[measuredSize]byte, 0, measuredAlive)
	sum := 0
	for first := 0; first < count; first += measuredAlive {
		for number := first; number < min(count, first+measuredAlive); number++ {
			block := pool.Get().(*[measuredSize]byte)
			sum += write(block[:], number)
			blocks = append(blocks, block)
		}
		for _, block := range blocks {
			pool.Put(block)
		}
		blocks = blocks[:0]
	}
	return sum
}

// write writes every byte of a block and reads the last one; copied, for not every compiler joins bytes.
func write(block []byte, number int) int {
	copy(block, pattern)
	block[measuredSize-1] = byte(number)
	return int(block[measuredSize-1])
}

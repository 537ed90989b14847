// Twin: crates/allocator/tests/allocator.rs

package allocator_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"memory.example/pairs/allocator"
)

// aligned returns an arena of 256 bytes that starts at a multiple of 256.
func aligned(t *testing.T) *allocator.Arena {
	t.Helper()
	return allocator.NewArena(alloc(t, allocator.NewArena(make([]byte, 512)), 256, 256))
}

// alloc demands that there is room.
func alloc(t *testing.T, arena *allocator.Arena, size, align int) []byte {
	t.Helper()
	block, ok := arena.Alloc(size, align)
	if !ok || len(block) != size {
		t.Fatalf("no room for %d bytes at %d", size, align)
	}
	return block
}

func TestAllocAlignsAndEndsWhereTheMemoryEnds(t *testing.T) {
	const none = -1
	tests := []struct{ before, size, align, place int }{
		{0, 0, 1, 0},
		{0, 256, 1, 0},
		{0, 257, 1, none},
		{1, 1, 1, 1},
		{1, 1, 2, 2},
		{1, 8, 8, 8},
		{8, 8, 8, 8},
		{9, 8, 64, 64},
		{1, 128, 128, 128},
		{1, 129, 128, none},
		{1, 0, 256, 256},
		{1, 1, 256, none},
		{256, 1, 1, none},
		{256, 0, 1, none},
		{256, 0, 64, none},
		{255, 0, 256, 256},
		{60, 0, 64, 64},
		{0, 8, 0, none},
		{0, 8, 3, none},
		{0, math.MaxInt, 1, none},
		{1, 1, 1 << 62, none},
		{0, -1, 1, none}, // only here: Rust's sizes have no sign
		{0, 8, -8, none},
		{0, 8, math.MinInt, none},
		{0, 0, 0, none},
	}
	for _, test := range tests {
		arena := aligned(t)
		alloc(t, arena, test.before, 1)
		place := none
		if block, ok := arena.Alloc(test.size, test.align); ok {
			place = 256 - arena.Left() - len(block)
		}
		if place != test.place {
			t.Errorf("%d bytes at %d behind %d lie at %d, want %d",
				test.size, test.align, test.before, place, test.place)
		}
	}
}

func TestBlocksDoNotOverlap(t *testing.T) {
	arena := aligned(t)
	var blocks [][]byte
	for size := 1; size <= 20; size++ {
		blocks = append(blocks, alloc(t, arena, size, 4))
	}
	for number, block := range blocks {
		copy(block, bytes.Repeat([]byte{byte(number)}, len(block)))
	}
	for number, block := range blocks {
		if !bytes.Equal(block, bytes.Repeat([]byte{byte(number)}, len(block))) {
			t.Errorf("block %d holds %v", number, block)
		}
	}
	// only here: a Rust slice cannot grow.
	_ = append(blocks[3], 99) // its 4 bytes end where the next block begins
	if blocks[4][0] != 4 {
		t.Error("an append wrote into the next block")
	}
}

func TestARefusedBlockTakesNothing(t *testing.T) {
	arena := aligned(t)
	if _, ok := arena.Alloc(300, 1); ok || arena.Left() != 256 {
		t.Errorf("300 of 256 bytes: %t, %d left", ok, arena.Left())
	}
	alloc(t, arena, 256, 1)
	if arena.Left() != 0 {
		t.Errorf("%d left of nothing", arena.Left())
	}
}

func TestAScopeGivesBackWhatItHandedOut(t *testing.T) {
	arena := aligned(t)
	kept := alloc(t, arena, 16, 1)
	kept[15] = 1
	scope := arena.Scope()
	alloc(t, scope, 100, 1)[1] = 2
	inner := scope.Scope()
	alloc(t, inner, 100, 1)
	if inner.Left() != 40 || scope.Left() != 140 || arena.Left() != 240 {
		t.Errorf("%d, %d, %d left", inner.Left(), scope.Left(), arena.Left())
	}
	// Not cleared: what the scope wrote is still there.
	if again := alloc(t, arena, 2, 1); !bytes.Equal(again, []byte{0, 2}) {
		t.Errorf("found %v", again)
	}
	if kept[15] != 1 {
		t.Error("the scope wrote into a block outside")
	}
}

func TestRequestsAreCounted(t *testing.T) {
	// The testing package may allocate meanwhile: what is counted never falls short.
	fewest := allocator.Requests{Blocks: math.MaxInt}
	for range 10 {
		kept := make([]*[64]byte, 0, 10)
		ten := allocator.RequestsOf(func() {
			for range 10 {
				kept = append(kept, new([64]byte))
			}
		})
		if ten.Blocks < fewest.Blocks {
			fewest = ten
		}
	}
	if fewest != (allocator.Requests{Blocks: 10, Bytes: 640}) {
		t.Errorf("ten blocks of 64 bytes are counted as %+v", fewest)
	}
}

func TestWorkWithinWorkCountsForBothAndMayPanic(t *testing.T) {
	var kept [3]any
	var inner allocator.Requests
	work := func() {
		kept[0] = new([64]byte)
		inner = allocator.RequestsOf(func() { kept[1] = new([128]byte) })
		kept[2] = new([64]byte)
	}
	// The testing package may allocate meanwhile: what is counted never falls short.
	outer := allocator.RequestsOf(work)
	if outer.Blocks < 3 || outer.Bytes < 256 || inner.Blocks < 1 || inner.Bytes < 128 {
		t.Errorf("outer %+v, inner %+v", outer, inner)
	}
	panicked := func() (panicked any) {
		defer func() { panicked = recover() }()
		allocator.RequestsOf(func() { panic("on purpose") })
		return nil
	}()
	if panicked != "on purpose" {
		t.Errorf("panicked with %v", panicked)
	}
}

func ExampleArena() {
	arena := allocator.NewArena(make([]byte, 64))
	name, _ := arena.Alloc(5, 1)
	copy(name, "arena")
	scope := arena.Scope()
	scope.Alloc(40, 1)
	fmt.Println(string(name), scope.Left(), arena.Left())
	// Output: arena 19 59
}

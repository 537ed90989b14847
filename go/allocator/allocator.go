// Twin: crates/allocator/src/lib.rs

// Package allocator is an arena, and a count of requests to the heap.
package allocator

import (
	"math/bits"
	"runtime"
	"unsafe"
)

// Arena hands memory out piece by piece; it comes back all at once.
type Arena struct {
	// Shared: nothing stops a block from being used after a scope gave it back.
	free []byte
}

// NewArena returns an arena over this memory.
func NewArena(memory []byte) *Arena {
	return &Arena{memory}
}

// Alloc returns the next bytes, aligned to a power of two, if there is room.
//
// No other alignment has room, and a full arena has none, not even for a block
// of no bytes.
func (a *Arena) Alloc(size, align int) (block []byte, ok bool) {
	if size < 0 || bits.OnesCount(uint(align)) != 1 || len(a.free) == 0 {
		return nil, false
	}
	address := uintptr(unsafe.Pointer(unsafe.SliceData(a.free)))
	skip := int(-address & uintptr(align-1))
	if skip > len(a.free) || size > len(a.free)-skip {
		return nil, false
	}
	end := skip + size
	// The third index: an append must not write into the next block.
	block, a.free = a.free[skip:end:end], a.free[end:]
	return block, true
}

// Left returns the number of bytes that are left.
func (a *Arena) Left() int {
	return len(a.free)
}

// Scope returns an arena over the rest, which is whole again after it.
func (a *Arena) Scope() *Arena {
	return &Arena{a.free}
}

// Requests is the memory that a piece of work requested from the heap.
type Requests struct {
	// Blocks is the number of blocks.
	Blocks int
	// Bytes is the number of bytes in all.
	Bytes int
}

// RequestsOf does a piece of work and returns what it requested from the heap.
//
// The work may do the same: its requests count for both. It may panic.
func RequestsOf(work func()) Requests {
	// Of the whole program: the runtime does not say which code allocated.
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return Requests{
		Blocks: int(after.Mallocs - before.Mallocs),
		Bytes:  int(after.TotalAlloc - before.TotalAlloc),
	}
}

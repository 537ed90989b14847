// Twin: crates/allocator/src/contrast.rs

package allocator

import (
	"runtime"
	"runtime/metrics"
	"sync"
	"unsafe"

	"memory.example/pairs/pair"
)

// slab is how many bytes are set aside at once.
const slab = 8 << 20

// Contrast tells the facts that differ.
func Contrast(facts *pair.Facts) error {
	facts.Add("requests that an allocator of one's own saw for one block", "Go's cannot be replaced")
	facts.Add("sizes that a list asked for until it held 100 integers", "Go tells sums only")
	facts.Add("blocks that a pool still has after two collections", pooled())
	facts.Add("values that one reference keeps, in a slab of 100", keptInSlab())
	facts.Add("a block that was kept over a reset shows the next one's bytes", keptOverReset())

	facts.Add("scanned of a slab of integers", scanned(func() any { return make([]int, slab/8) }))
	facts.Add("scanned of a slab of pointers", scanned(func() any { return make([]*int, slab/8) }))
	memory, err := offHeap(slab)
	if err != nil {
		return err
	}
	facts.Add("scanned of a slab off the heap", scanned(func() any { clear(memory); return nil }))
	facts.Add("a value that only memory off the heap refers to is freed", freedBehind(NewArena(memory)))
	return unmap(memory)
}

// pooled returns how many of 100 blocks a pool still has after two collections.
func pooled() int {
	var pool sync.Pool
	for range 100 {
		pool.Put(new([64]byte))
	}
	runtime.GC()
	runtime.GC()
	left := 0
	for pool.Get() != nil {
		left++
	}
	return left
}

// keptInSlab returns how many values of a slab live on while somebody refers to one of them.
func keptInSlab() int {
	tally := pair.NewTally()
	values := make([]struct{ counted *pair.Counted[int] }, 100)
	for i := range values {
		values[i].counted = pair.NewCounted(tally, i)
	}
	one := &values[50]
	pair.Settle()
	alive := tally.Alive()
	runtime.KeepAlive(one)
	return alive
}

// keptOverReset reports whether an old block shows what was written into a new one.
func keptOverReset() bool {
	arena := NewArena(make([]byte, 64))
	old, _ := arena.Scope().Alloc(8, 1)
	fresh, _ := arena.Scope().Alloc(8, 1)
	fresh[0] = 1
	return old[0] == 1
}

// scanned tells how much of a slab the collector has to look through.
func scanned(build func() any) string {
	before := scannable()
	made := build()
	more := scannable() - before
	runtime.KeepAlive(made)
	switch {
	case more < slab/100:
		return "nothing"
	case more > slab-slab/100:
		return "all of it"
	default:
		return "a part"
	}
}

// scannable returns how much of the heap the collector has to look through.
func scannable() int {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/gc/scan/heap:bytes"}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64())
}

// freedBehind reports whether a value is freed although a block of the arena refers to it.
func freedBehind(arena *Arena) bool {
	tally := pair.NewTally()
	block, _ := arena.Alloc(8, 8)
	place := (**pair.Counted[int])(unsafe.Pointer(unsafe.SliceData(block)))
	*place = pair.NewCounted(tally, 1)
	pair.Settle()
	// The address in the block leads nowhere now: it must not be followed.
	*place = nil
	return tally.Freed() == 1
}

// Twin: crates/allocator/src/contrast.rs

package allocator

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"memory.example/pairs/pair"
)

// Contrast prints the facts that differ.
func Contrast(facts *pair.Facts) error {
	count := facts.Count()
	kept := make([]*[64]byte, count)
	seen := RequestsOf(func() {
		for i := range kept {
			kept[i] = new([64]byte)
		}
	})
	// In thousands, or what there are: the runtime asks for a little itself now and then.
	facts.Add(fmt.Sprintf("requests seen while %d blocks were made", count), seen.Blocks/count*count)
	facts.Add(fmt.Sprintf("bytes that a list asked for until it held %d integers", count), grown(count))
	atOnce, later := pooled(count)
	name := fmt.Sprintf("of %d blocks in a pool: left at once, after two collections", count)
	facts.Add(name, fmt.Sprintf("%d, %d", atOnce, later))
	facts.Add(fmt.Sprintf("values that one reference keeps, in a slab of %d", count), keptInSlab(count))

	values := (count + 99) / 100
	memory, err := offHeap(8 * values)
	if err != nil {
		return err
	}
	tally := referredToByBytes(memory, values)
	name = fmt.Sprintf("of %d values to which only memory off the heap refers: freed, alive", values)
	facts.Add(name, fmt.Sprintf("%d, %d", tally.Freed(), tally.Alive()))
	return unmap(memory)
}

func grown(count int) int {
	requests := RequestsOf(func() {
		var list []int
		for number := range count {
			list = append(list, number)
		}
		runtime.KeepAlive(list)
	})
	return requests.Bytes
}

// pooled returns how many blocks a pool still has, and how many after two collections.
func pooled(count int) (atOnce, later int) {
	// On another processor it would miss the block that is the last one's own.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var pool sync.Pool
	for range count {
		pool.Put(new([64]byte))
	}
	var taken []any
	for block := pool.Get(); block != nil; block = pool.Get() {
		taken = append(taken, block)
	}
	for _, block := range taken {
		pool.Put(block)
	}
	runtime.GC()
	runtime.GC()
	for pool.Get() != nil {
		later++
	}
	return len(taken), later
}

// keptInSlab returns how many values of a slab live on while somebody refers to one of them.
func keptInSlab(count int) int {
	tally := pair.NewTally()
	values := make([]struct{ counted *pair.Counted[int] }, count)
	for i := range values {
		values[i].counted = pair.NewCounted(tally, i)
	}
	one := &values[count/2]
	pair.Settle()
	alive := tally.Alive()
	runtime.KeepAlive(one)
	return alive
}

// referredToByBytes counts values of which only memory off the heap holds the addresses.
func referredToByBytes(memory []byte, values int) *pair.Tally {
	tally := pair.NewTally()
	arena := NewArena(memory)
	for number := range values {
		block, _ := arena.Alloc(8, 8)
		place := (**pair.Counted[int])(unsafe.Pointer(unsafe.SliceData(block)))
		*place = pair.NewCounted(tally, number)
	}
	pair.Settle()
	// The addresses lead nowhere now: they must not be followed.
	clear(memory)
	return tally
}

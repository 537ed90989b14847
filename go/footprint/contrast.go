// Twin: crates/footprint/src/contrast.rs

package footprint

import (
	"fmt"
	"runtime/debug"
	"unsafe"

	"memory.example/pairs/pair"
)

// mixed keeps its fields in the order in which they were written.
type mixed struct {
	_ bool
	_ int
	_ bool
}

// Contrast prints the facts that differ.
func Contrast(facts *pair.Facts) error {
	facts.Add("bytes of a link", unsafe.Sizeof(Node[int]{}.next))
	facts.Add("bytes of an empty list", unsafe.Sizeof(List[int]{}))
	facts.Add("bytes of a node with a 32-bit integer", unsafe.Sizeof(Node[int32]{}))
	facts.Add("bytes of a node with a 64-bit integer", unsafe.Sizeof(Node[int]{}))
	facts.Add("bytes of a node with a text", unsafe.Sizeof(Node[string]{}))
	facts.Add("bytes of a node with a bool, an integer, a bool", unsafe.Sizeof(Node[mixed]{}))
	facts.Add("bytes of a node with four integers", unsafe.Sizeof(Node[[4]int]{}))

	count := facts.Count()
	facts.Add(fmt.Sprintf("heap bytes counted for %d nodes with a 64-bit integer", count), heapBytes(count, 1))
	name := fmt.Sprintf("heap bytes counted for %d nodes with four integers", count)
	facts.Add(name, heapBytes(count, [4]int{1, 1, 1, 1}))

	// No collection by chance between the list's end and the look at it.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	tally := pair.NewTally()
	list := NewList[*pair.Counted[int]]()
	for value := range count {
		list.Push(pair.NewCounted(tally, value))
	}
	list.Clear()
	atOnce := tally.Freed()
	pair.Settle()
	name = fmt.Sprintf("freed of %d nodes once the list went, and after settle", count)
	facts.Add(name, fmt.Sprintf("%d, %d", atOnce, tally.Freed()))
	return nil
}

// heapBytes returns what the heap serves for this many nodes.
func heapBytes[T any](count int, value T) int {
	list := NewList[T]()
	before := pair.HeapNow()
	for range count {
		list.Push(value)
	}
	// Whole bytes for each node: the runtime allocates a little for itself now and then.
	return pair.HeapNow().Since(before).Allocated / count * count
}

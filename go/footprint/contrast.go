// Twin: crates/footprint/src/contrast.rs

package footprint

import (
	"runtime"
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

// Contrast tells the facts that differ.
func Contrast(facts *pair.Facts) error {
	facts.Add("bytes of a link", unsafe.Sizeof(Node[int]{}.next))
	facts.Add("bytes of an empty list", unsafe.Sizeof(List[int]{}))
	facts.Add("bytes of a node with a 32-bit integer", unsafe.Sizeof(Node[int32]{}))
	facts.Add("bytes of a node with a 64-bit integer", unsafe.Sizeof(Node[int]{}))
	facts.Add("bytes of a node with a text", unsafe.Sizeof(Node[string]{}))
	facts.Add("bytes of a node with a bool, an integer, a bool", unsafe.Sizeof(Node[mixed]{}))
	facts.Add("bytes of a node with four integers", unsafe.Sizeof(Node[[4]int]{}))

	facts.Add("heap bytes counted for a node with a 64-bit integer", heapBytes(1))
	facts.Add("heap bytes counted for a node with four integers", heapBytes([4]int{1, 1, 1, 1}))

	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	tally := pair.NewTally()
	list := NewList[*pair.Counted[int]]()
	for value := range 1000 {
		list.Push(pair.NewCounted(tally, value))
	}
	runtime.KeepAlive(list)
	facts.Add("freed of 1000 nodes right after the list went", tally.Freed())
	return nil
}

// heapBytes returns what the heap serves for one node.
func heapBytes[T any](value T) int {
	list := NewList[T]()
	before := pair.HeapNow()
	for range 1000 {
		list.Push(value)
	}
	served := pair.HeapNow().Since(before)
	return served.Allocated / list.Length()
}

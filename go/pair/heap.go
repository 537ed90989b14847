// Twin: crates/pair/src/heap.rs

package pair

import "runtime"

// Heap is what the program asked of the heap until now.
type Heap struct {
	// Allocations is how many blocks were asked for.
	Allocations int
	// Frees is how many blocks the collector took back.
	Frees int
	// Allocated is how many bytes were asked for.
	Allocated int
	// Freed is how many bytes the collector took back.
	Freed int
}

// HeapNow reads the runtime's counters.
func HeapNow() Heap {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return Heap{
		Allocations: int(stats.Mallocs),
		Frees:       int(stats.Frees),
		Allocated:   int(stats.TotalAlloc),
		Freed:       int(stats.TotalAlloc - stats.HeapAlloc),
	}
}

// Since returns what came between an earlier reading and this one.
func (h Heap) Since(earlier Heap) Heap {
	return Heap{
		Allocations: h.Allocations - earlier.Allocations,
		Frees:       h.Frees - earlier.Frees,
		Allocated:   h.Allocated - earlier.Allocated,
		Freed:       h.Freed - earlier.Freed,
	}
}

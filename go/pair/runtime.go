// Twin: crates/pair/src/measure.rs

package pair

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
)

// runtimeFigures are what the runtime says of itself; Rust has no runtime that could.
type runtimeFigures struct {
	heap       Heap
	collection uint64
	gc, assist float64
	dedicated  float64
	idle       float64
	total      float64
	pauses     *metrics.Float64Histogram
	cycles     debug.GCStats
	goal, live uint64
	stack      uint64
	globals    uint64
}

// readRuntime reads them as they are: the CPU times only cover collections that have ended.
func readRuntime() runtimeFigures {
	samples := []metrics.Sample{
		{Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/cpu/classes/gc/total:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/assist:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/dedicated:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/idle:cpu-seconds"},
		{Name: "/cpu/classes/total:cpu-seconds"},
		{Name: "/cpu/classes/idle:cpu-seconds"},
		{Name: "/sched/pauses/total/gc:seconds"},
		{Name: "/gc/heap/goal:bytes"},
		{Name: "/gc/heap/live:bytes"},
		{Name: "/gc/scan/stack:bytes"},
		{Name: "/gc/scan/globals:bytes"},
	}
	metrics.Read(samples)
	var cycles debug.GCStats
	debug.ReadGCStats(&cycles)
	seconds := func(place int) float64 { return samples[place].Value.Float64() }
	return runtimeFigures{
		heap:       HeapNow(),
		collection: samples[0].Value.Uint64(),
		gc:         seconds(1),
		assist:     seconds(2),
		dedicated:  seconds(3),
		idle:       seconds(4),
		total:      seconds(5) - seconds(6),
		pauses:     samples[7].Value.Float64Histogram(),
		cycles:     cycles,
		goal:       samples[8].Value.Uint64(),
		live:       samples[9].Value.Uint64(),
		stack:      samples[10].Value.Uint64(),
		globals:    samples[11].Value.Uint64(),
	}
}

// collected reads them after a collection, which brings all CPU times up to date.
func collected() runtimeFigures {
	runtime.GC()
	return readRuntime()
}

// since returns what came between. It has to collect, and leaves out what that costs: its share of the one
// or two collections that end meanwhile.
func (r runtimeFigures) since(earlier runtimeFigures) map[string]any {
	heap := r.heap.Since(earlier.heap)
	last := collected()
	ended := float64(last.collection - r.collection)
	nanoseconds := func(earlier, later, last float64) int64 {
		return int64((last - (last-later)/ended - earlier) * 1e9)
	}
	total := last.total - earlier.total - (last.gc-r.gc)/ended
	return map[string]any{
		"allocated_bytes":     heap.Allocated,
		"allocations":         heap.Allocations,
		"collections":         last.collection - earlier.collection - 1,
		"cycle_pauses_ns":     cyclePausesSince(r.cycles, earlier.cycles),
		"gc_assist_cpu_ns":    nanoseconds(earlier.assist, r.assist, last.assist),
		"gc_cpu_ns":           nanoseconds(earlier.gc, r.gc, last.gc),
		"gc_dedicated_cpu_ns": nanoseconds(earlier.dedicated, r.dedicated, last.dedicated),
		"gc_idle_cpu_ns":      nanoseconds(earlier.idle, r.idle, last.idle),
		"globals_scan_bytes":  last.globals,
		"heap_goal_bytes":     last.goal,
		"live_bytes":          last.live,
		"outside_heap_bytes":  OutsideHeap(),
		"pauses_ns":           pausesSince(r.pauses, earlier.pauses),
		"stack_scan_bytes":    last.stack,
		"total_cpu_ns":        int64(total * 1e9),
		"version":             runtime.Version(),
	}
}

// OutsideHeap returns how many bytes the runtime holds beside the heap, which a memory limit counts too.
func OutsideHeap() int {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	outside := int(samples[0].Value.Uint64())
	for _, heap := range samples[1:] {
		outside -= int(heap.Value.Uint64())
	}
	return outside
}

// pausesSince returns pairs of nanoseconds, the upper end of a bucket, and how often.
func pausesSince(later, earlier *metrics.Float64Histogram) [][2]int64 {
	pairs := [][2]int64{}
	for i, count := range later.Counts {
		if i < len(earlier.Counts) {
			count -= earlier.Counts[i]
		}
		end := later.Buckets[i+1]
		if math.IsInf(end, 1) {
			end = later.Buckets[i]
		}
		if count > 0 {
			pairs = append(pairs, [2]int64{int64(end * 1e9), int64(count)})
		}
	}
	return pairs
}

// cyclePausesSince returns for how long each collection stopped the program, in all its pauses together, as
// pairs of nanoseconds and how often. The runtime remembers the last 256.
func cyclePausesSince(later, earlier debug.GCStats) [][2]int64 {
	ended := int(later.NumGC - earlier.NumGC)
	pairs := [][2]int64{}
	for _, pause := range slices.Sorted(slices.Values(later.Pause[:min(ended, len(later.Pause))])) {
		pairs = append(pairs, [2]int64{pause.Nanoseconds(), 1})
	}
	return pairs
}

// collectAll collects what nobody needs, and what pools kept until the collection before.
func collectAll() {
	runtime.GC()
	runtime.GC()
}

// giveBack gives the system what memory the runtime keeps for later.
func giveBack() {
	debug.FreeOSMemory()
}

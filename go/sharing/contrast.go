// Twin: crates/sharing/src/contrast.rs

package sharing

import (
	"runtime/debug"
	"weak"

	"memory.example/pairs/pair"
)

// Contrast tells the facts that differ.
func Contrast(facts *pair.Facts) error {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	tally := pair.NewTally()
	value := pair.NewCounted(tally, 7)
	workers := make([]*Worker[pair.Counted[int]], 3)
	for i := range workers {
		workers[i] = StartWorker(value)
	}
	facts.Add("handles counted while main and 3 workers share a value", "nobody counts")

	handle := weak.Make(value)
	for _, worker := range workers {
		worker.Close()
	}
	facts.Add("freed when the last worker has ended, without a collection", tally.Freed())
	facts.Add("a weak handle still finds the value then", handle.Value() != nil)
	pair.Settle()
	facts.Add("freed after a collection", tally.Freed())

	// Many, since the runtime allocates a little now and then.
	values := make([]*[8]int, 10_000)
	before := pair.HeapNow()
	for i := range values {
		values[i] = new([8]int)
	}
	made := pair.HeapNow().Since(before).Allocated / len(values)
	facts.Add("bytes allocated for a shared value of 64 bytes", made)
	Share(values[0], 3, func(_ int, value *[8]int) int { return value[0] })
	facts.Add("handles counted while main lends the value to 3 workers", "nobody counts")
	return nil
}

// Twin: crates/sharing/src/contrast.rs

package sharing

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"weak"

	"memory.example/pairs/pair"
)

// Contrast prints the facts that differ.
func Contrast(facts *pair.Facts) error {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	count := facts.Count()
	handles := make([]weak.Pointer[pair.Counted[int]], (count+99)/100)
	tally := pair.NewTally()
	for number := range handles {
		handles[number] = workedOn(pair.NewCounted(tally, number))
	}
	atOnce, found := tally.Freed(), 0
	for _, handle := range handles {
		if handle.Value() != nil {
			found++
		}
	}
	pair.Settle()
	name := fmt.Sprintf("freed of %d values when their last workers have ended, and after settle", len(handles))
	facts.Add(name, fmt.Sprintf("%d, %d", atOnce, tally.Freed()))
	name = "weak handles that still find their values before settle"
	facts.Add(name, fmt.Sprintf("%d of %d", found, len(handles)))

	values := make([]*[8]int, count)
	before := pair.HeapNow()
	for i := range values {
		values[i] = new([8]int)
	}
	name = fmt.Sprintf("bytes allocated for %d shared values of 64 bytes", count)
	// Whole bytes for each value: the runtime allocates a little for itself now and then.
	facts.Add(name, pair.HeapNow().Since(before).Allocated/count*count)
	runtime.KeepAlive(values)
	return nil
}

// workedOn lets three workers share a value until they end, and keeps a weak handle of it.
func workedOn(value *pair.Counted[int]) weak.Pointer[pair.Counted[int]] {
	var workers []*Worker[pair.Counted[int]]
	for range 3 {
		workers = append(workers, StartWorker(value))
	}
	for _, worker := range workers {
		worker.Close()
	}
	return weak.Make(value)
}

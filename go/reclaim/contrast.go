// Twin: crates/reclaim/src/contrast.rs

package reclaim

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"memory.example/pairs/pair"
)

// Contrast prints the facts that differ.
func Contrast(facts *pair.Facts) error {
	count := facts.Count()
	// Collection is off, so that none comes by chance before we look.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	pair.Settle()
	tally := pair.NewTally()
	newData := func() counting { return pair.NewCounted(tally, Filled(1024, 1)) }
	AllocateData(count, newData, nothing)
	atOnce := tally.Freed()
	pair.Settle()
	name := fmt.Sprintf("freed of %d buffers at the end of their scopes, and after settle", count)
	facts.Add(name, fmt.Sprintf("%d, %d", atOnce, tally.Freed()))

	tally = pair.NewTally()
	window := NewWindow[counting](count / 100)
	for range count {
		window.Keep(newData())
	}
	atOnce = tally.Freed()
	pair.Settle()
	name = fmt.Sprintf("freed of %d buffers behind a window of %d, and after settle", count, window.Size())
	facts.Add(name, fmt.Sprintf("%d, %d", atOnce, tally.Freed()))
	runtime.KeepAlive(window)

	before := pair.HeapNow()
	AllocateData(count, func() []byte { return Filled(1024, 1) }, nothing)
	name = fmt.Sprintf("bytes given back of %d buffers of 1024 bytes, without a collection", count)
	facts.Add(name, pair.HeapNow().Since(before).Freed)
	return nil
}

func nothing[B any](B) {}

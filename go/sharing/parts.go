// Twin: crates/sharing/src/parts.rs

package sharing

import (
	"fmt"
	"maps"
	"slices"

	"memory.example/pairs/pair"
)

// Parts traces scripts in which the languages part, over workers that nobody closes.
var Parts = pair.Parts(partsOperations, parts)

var partsOperations = []pair.Operation{
	{
		Word:     "share",
		Operands: []pair.Operand{pair.Whole("WORKERS", 1, 10)},
		Says:     "makes a value and starts workers that share it; values and workers are numbered from 1",
	},
	{
		Word:     "close",
		Operands: []pair.Operand{pair.ID("WORKER")},
		Part:     pair.PartReleases,
		Says:     "closes a worker: in Rust its owner drops it",
	},
	{
		Word:     "forget",
		Operands: []pair.Operand{pair.ID("WORKER")},
		Part:     pair.PartReleases,
		Says:     "ends the scope of a worker's owner without a word: in Rust that drops the worker, too",
	},
	{
		Word: "settle",
		Part: pair.PartSettles,
		Says: "waits until everything unreachable is freed that ever is",
	},
}

// sharer is a worker, and the number of the value that it shares.
type sharer struct {
	worker *Worker[pair.Counted[int]]
	value  int
}

func parts(script *pair.Script, _ *pair.Out) error {
	tally, sharers, started := script.Tally(), map[int]sharer{}, 0
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		if line.Word == "share" {
			if err := script.Hold(1, valueBytes); err != nil {
				return err
			}
			value := pair.NewCounted(tally, 0)
			for range line.Whole(0) {
				started++
				sharers[started] = sharer{StartWorker(value), value.Number()}
			}
		} else if line.Word != "settle" {
			if err := end(sharers, script, line); err != nil {
				return err
			}
		}
		script.Link(func(links *pair.Links) {
			for _, number := range slices.Sorted(maps.Keys(sharers)) {
				links.HoldThrough(fmt.Sprintf("worker %d", number), sharers[number].value)
			}
		})
	}
}

// end closes a worker, or forgets it: its goroutine waits for ever then, and keeps the value for ever.
func end(sharers map[int]sharer, script *pair.Script, line *pair.Line) error {
	sharer, ok := sharers[line.Whole(0)]
	if !ok {
		return script.Refuse("worker %d is not held", line.Whole(0))
	}
	if line.Word == "close" {
		sharer.worker.Close()
	}
	delete(sharers, line.Whole(0))
	return nil
}

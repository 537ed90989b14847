// Twin: crates/destruction/src/finalizer_chain.rs

package destruction

import (
	"fmt"
	"runtime"

	"memory.example/pairs/pair"
)

// link is a value that may refer to the next one.
type link struct {
	next *link
	// A value without pointers would share its block with others.
	tally *pair.Tally
}

// chains tells how many collections free values that the runtime tells of their end.
func chains(facts *pair.Facts, count int) {
	tell := func(what, on string, watch func(*link), linked bool) {
		name := fmt.Sprintf("of %s, a %s on each: collections, freed", what, on)
		facts.Add(name, collect(count, watch, linked))
	}
	chain := fmt.Sprintf("a chain of %d values", count)
	tell(chain, "finalizer", finalizer, true)
	tell(chain, "cleanup", cleanup, true)
	tell(fmt.Sprintf("%d values without links", count), "finalizer", finalizer, false)
}

// collect collects until that many values are freed; it tells how often, and how many are.
func collect(count int, watch func(*link), linked bool) string {
	tally := pair.NewTally()
	values := make([]*link, count)
	for i := range values {
		values[i] = &link{tally: tally}
		tally.CountMade("")
		watch(values[i])
		if linked && i > 0 {
			values[i].next = values[i-1]
		}
	}
	clear(values)
	collections := 0
	// One a value has to do.
	for tally.Alive() > 0 && collections < count {
		pair.Collect()
		collections++
	}
	return fmt.Sprintf("%d, %d", collections, tally.Freed())
}

// finalizer counts the value as freed by a finalizer, which is given the value and so keeps it once more.
func finalizer(value *link) {
	runtime.SetFinalizer(value, func(value *link) { value.tally.CountFreed(0) })
}

// cleanup counts the value as freed by a cleanup, which never sees the value.
func cleanup(value *link) {
	runtime.AddCleanup(value, func(tally *pair.Tally) { tally.CountFreed(0) }, value.tally)
}

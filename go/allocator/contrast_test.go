// Twin: crates/allocator/src/contrast.rs

package allocator

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"testing"

	"memory.example/pairs/pair"
)

func TestTheFactsFollowTheNumberOfBlocks(t *testing.T) {
	for _, c := range []struct{ count, values int }{{201, 3}, {1000, 10}} {
		lines, err := pair.FactsCollect(c.count, Contrast)
		if err != nil {
			t.Fatal(err)
		}
		for _, fact := range []string{
			fmt.Sprintf("requests seen while %d blocks were made\t%d", c.count, c.count),
			fmt.Sprintf("values that one reference keeps, in a slab of %d\t%d", c.count, c.count),
			fmt.Sprintf("of %d values to which only memory off the heap refers: freed, alive\t%d, 0",
				c.values, c.values),
		} {
			if !slices.Contains(lines, fact) {
				t.Errorf("%s is not in %q", fact, lines)
			}
		}
		name := fmt.Sprintf("bytes that a list asked for until it held %d integers\t", c.count)
		for _, fact := range lines {
			value, ok := strings.CutPrefix(fact, name)
			if bytes, err := strconv.Atoi(value); ok && (err != nil || bytes < 8*c.count || bytes > 64*c.count) {
				t.Errorf("facts %s", fact)
			}
		}
	}
}

// only here: in Rust it does not compile, as a mistake shows.
func TestABlockThatWasKeptOverAScopeShowsTheNextOnesBytes(t *testing.T) {
	arena := NewArena(make([]byte, 64))
	old, _ := arena.Scope().Alloc(8, 1)
	fresh, _ := arena.Scope().Alloc(8, 1)
	fresh[0] = 1
	if old[0] != 1 {
		t.Error("the old block is another one")
	}
}

// only here: Rust has no collector.
func TestTheCollectorScansPointersAndNothingElse(t *testing.T) {
	const slab = 8 << 20
	memory, err := offHeap(slab)
	if err != nil {
		t.Fatal(err)
	}
	for name, build := range map[string]func() any{
		"integers": func() any { return make([]int, slab/8) },
		"pointers": func() any { return make([]*int, slab/8) },
		"off heap": func() any { clear(memory); return nil },
	} {
		before := scannable()
		made := build()
		more := scannable() - before
		runtime.KeepAlive(made)
		if all := name == "pointers"; all && more < slab-slab/100 || !all && more > slab/100 {
			t.Errorf("%s: %d of %d bytes are scanned", name, more, slab)
		}
	}
	if err := unmap(memory); err != nil {
		t.Error(err)
	}
}

// scannable returns how much of the heap the collector has to look through.
func scannable() int {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/gc/scan/heap:bytes"}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64())
}

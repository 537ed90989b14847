package pauses

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// only here: Rust has no collections.
//
// On one processor a collection sweeps between the turns of all who compute, and so ends long after its marking.
func TestACollectionCountsWhoseMarkingEndedBeforeTheFirstThread(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	root := tree(300_000)
	// None is under way that the tree began.
	runtime.GC()
	var over atomic.Pointer[time.Time]
	go func() {
		before, _ := collections()
		for after := before; after == before; after, _ = collections() {
		}
		now := time.Now()
		over.Store(&now)
	}()
	if took := collectUntil(&over); took.wall <= 0 || took.dedicated <= 0 {
		t.Errorf("collections of %d nodes took %+v", root.sum(), took)
	}
}

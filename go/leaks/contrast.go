// Twin: crates/leaks/src/contrast.rs

package leaks

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"time"

	"memory.example/pairs/pair"
)

// Contrast tells the facts that differ.
func Contrast(facts *pair.Facts) error {
	facts.Add("a map keeps its room when its 100000 keys are removed", keepsRoom())
	facts.Add("a map gives its room back when it is asked", "it cannot be asked")
	facts.Add("bytes behind the first 8 of 1048576", cap(make([]byte, 1<<20)[:8]))

	facts.Add("receivers still blocked when their sender is gone", blocked())
	leaked, err := leakProfile()
	if err != nil {
		return err
	}
	facts.Add("the goroutine-leak profile", leaked)
	named, err := profileNames("fillCache")
	if err != nil {
		return err
	}
	facts.Add("the heap profile names the function that fills a cache", named)

	facts.Add("bytes still counted after Box::leak of 1024", "there is no Box::leak")

	tally := pair.NewTally()
	cycle(tally)
	pair.Settle()
	facts.Add("freed of 2 shared values that hold each other", tally.Freed())
	tally = pair.NewTally()
	ownReceiver(tally)
	pair.Settle()
	facts.Add("freed of 1 value in a channel that holds its own receiver", tally.Freed())
	return nil
}

// keepsRoom reports whether a map that was emptied holds more than half of what it held when full.
func keepsRoom() bool {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	live := func() int {
		runtime.GC()
		heap := pair.HeapNow()
		return heap.Allocated - heap.Freed
	}
	before := live()
	m := map[uint64]uint64{}
	for key := range uint64(100_000) {
		m[key] = key
	}
	full := live() - before
	for key := range uint64(100_000) {
		delete(m, key)
	}
	empty := live() - before
	return len(m) == 0 && empty > full/2
}

// blocked counts the goroutines that still wait for a channel whose sender is gone.
func blocked() int {
	before := runtime.NumGoroutine()
	wait()
	time.Sleep(10 * time.Millisecond)
	runtime.GC()
	return runtime.NumGoroutine() - before
}

// wait lets a goroutine wait for a channel into which nobody will ever send.
func wait() {
	letters := make(chan struct{})
	go func() { <-letters }()
}

// leakProfile tells how many goroutines the runtime itself finds blocked for ever.
func leakProfile() (string, error) {
	profile := pprof.Lookup("goroutineleak")
	if profile == nil {
		return "not in this build", nil
	}
	var text bytes.Buffer
	if err := profile.WriteTo(&text, 1); err != nil {
		return "", err
	}
	if !strings.Contains(text.String(), "leaks.wait") {
		return "does not find it", nil
	}
	return "finds it", nil
}

// profileNames reports whether the heap profile names the function that filled a cache.
func profileNames(function string) (bool, error) {
	defer func(rate int) { runtime.MemProfileRate = rate }(runtime.MemProfileRate)
	runtime.MemProfileRate = 1
	cache := Cache[[]byte]{}
	fillCache(cache)
	runtime.GC()
	var text bytes.Buffer
	err := pprof.Lookup("heap").WriteTo(&text, 1)
	runtime.KeepAlive(cache)
	return strings.Contains(text.String(), "leaks."+function), err
}

//go:noinline
func fillCache(cache Cache[[]byte]) {
	for number := range 100 {
		AddToCache(cache, fmt.Sprint(number), make([]byte, 1024))
	}
}

type shared struct {
	value *pair.Counted[int]
	other *shared
}

func cycle(tally *pair.Tally) {
	one := &shared{value: pair.NewCounted(tally, 1)}
	one.other = &shared{pair.NewCounted(tally, 2), one}
}

type letter struct {
	value    *pair.Counted[int]
	receiver <-chan letter
}

func ownReceiver(tally *pair.Tally) {
	letters := make(chan letter, 1)
	letters <- letter{pair.NewCounted(tally, 1), letters}
}

// Twin: crates/leaks/src/contrast.rs

package leaks

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"

	"memory.example/pairs/pair"
)

func TestTheFactsFollowTheNumberOfValues(t *testing.T) {
	for _, count := range []int{7, 1000} {
		lines, err := pair.FactsCollect(count, Contrast)
		if err != nil {
			t.Fatal(err)
		}
		few := min(count, 10)
		for _, fact := range []string{
			fmt.Sprintf("bytes that the first 8 of %d keep alive\t%d", count*page, count*page),
			fmt.Sprintf("of %d receivers whose senders are gone: still blocked, ended\t%d, 0", few, few),
			fmt.Sprintf("of %d shared values that hold each other in a ring: freed, alive\t%d, 0", count, count),
			fmt.Sprintf("of %d values in a channel that holds its own receiver: freed, alive\t%d, 0", count, count),
		} {
			if !slices.Contains(lines, fact) {
				t.Errorf("%s is not in %q", fact, lines)
			}
		}
	}
}

// only here: the Rust library has no profiler, and Rust no goroutines.
func TestAProfileNamesTheFunctionThatLeaks(t *testing.T) {
	defer func(rate int) { runtime.MemProfileRate = rate }(runtime.MemProfileRate)
	runtime.MemProfileRate = 1
	cache := Cache[[]byte]{}
	fillCache(cache)
	runtime.GC()
	if text := profile(t, "heap"); !strings.Contains(text, "leaks.fillCache") {
		t.Error("the heap profile does not name the function that fills a cache")
	}
	runtime.KeepAlive(cache)
	// A profile of newer toolchains.
	if pprof.Lookup("goroutineleak") == nil {
		return
	}
	wait()
	if text := profile(t, "goroutineleak"); !strings.Contains(text, "leaks.wait") {
		t.Error("the profile of leaked goroutines does not find the one that waits for ever")
	}
}

func profile(t *testing.T, name string) string {
	t.Helper()
	var text bytes.Buffer
	if err := pprof.Lookup(name).WriteTo(&text, 1); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

//go:noinline
func fillCache(cache Cache[[]byte]) {
	for number := range 100 {
		AddToCache(cache, fmt.Sprint(number), make([]byte, 1024))
	}
}

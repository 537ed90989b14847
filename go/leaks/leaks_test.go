// Twin: crates/leaks/tests/leaks.rs

package leaks_test

import (
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"memory.example/pairs/leaks"
	"memory.example/pairs/pair"
)

func lru(limit int, keys string) *leaks.LRU[string, int] {
	lru := leaks.NewLRU[string, int](limit)
	for number, key := range strings.Fields(keys) {
		lru.Put(key, number)
	}
	return lru
}

func keys(lru *leaks.LRU[string, int]) string {
	var keys []string
	for key := range lru.Entries() {
		keys = append(keys, key)
	}
	return strings.Join(keys, " ")
}

func TestAGrowingCacheKeepsEveryValue(t *testing.T) {
	tally := pair.NewTally()
	cache := leaks.Cache[*pair.Counted[int]]{}
	for number := range 100 {
		leaks.AddToCache(cache, strconv.Itoa(number), pair.NewCounted(tally, number))
	}
	pair.Settle()
	if len(cache) != 100 || tally.Alive() != 100 {
		t.Errorf("%d values, %d alive", len(cache), tally.Alive())
	}
	leaks.AddToCache(cache, "7", pair.NewCounted(tally, 7))
	pair.Settle()
	if len(cache) != 100 || tally.Freed() != 1 {
		t.Errorf("%d values, %d freed", len(cache), tally.Freed())
	}
	runtime.KeepAlive(cache)
}

func TestTheValueUnusedForLongestHasToGo(t *testing.T) {
	cases := []struct {
		limit         int
		put, expected string
	}{
		{3, "", ""},
		{3, "a b c", "a b c"},
		{3, "a b c d", "b c d"},
		{3, "a b c d e f g", "e f g"},
		{3, "a b c a d", "c a d"},
		{3, "a a a", "a"},
		{1, "a b c", "c"},
		{0, "a b", "b"},
		{-1, "a b", "b"}, // only here: Rust's limits have no sign
	}
	for _, c := range cases {
		if left := keys(lru(c.limit, c.put)); left != c.expected {
			t.Errorf("limit %d, put %s: %s, not %s", c.limit, c.put, left, c.expected)
		}
	}
}

func TestPutReturnsWhatHasToGo(t *testing.T) {
	lru := lru(2, "a b")
	steps := []struct {
		key       string
		value     int
		gone      string
		goneValue int
	}{
		{"b", 7, "b", 1},
		{"c", 8, "a", 0},
		{"b", 9, "b", 7},
	}
	for _, s := range steps {
		gone := lru.Put(s.key, s.value)
		if gone == nil || gone.Key != s.gone || gone.Value != s.goneValue {
			t.Errorf("put %s: %+v had to go", s.key, gone)
		}
	}
	if left := keys(lru); left != "c b" {
		t.Errorf("left %s", left)
	}
}

func TestGetUsesAValue(t *testing.T) {
	cases := []struct {
		key      string
		value    int
		ok       bool
		expected string
	}{
		{"a", 0, true, "b c a"},
		{"b", 1, true, "a c b"},
		{"c", 2, true, "a b c"},
		{"d", 0, false, "a b c"},
	}
	for _, c := range cases {
		lru := lru(3, "a b c")
		if value, ok := lru.Get(c.key); value != c.value || ok != c.ok {
			t.Errorf("get %s: %d, %t", c.key, value, ok)
		}
		if left := keys(lru); left != c.expected {
			t.Errorf("get %s: %s, not %s", c.key, left, c.expected)
		}
	}
}

func TestRemoveAndEvictTakeOut(t *testing.T) {
	cases := []struct{ key, expected string }{
		{"a", "b c d"},
		{"b", "a c d"},
		{"c", "a b d"},
		{"d", "a b c"},
		{"e", "a b c d"},
	}
	for _, c := range cases {
		lru := lru(4, "a b c d")
		if removed := lru.Remove(c.key); (removed == nil) != (c.key == "e") {
			t.Errorf("removed %+v", removed)
		}
		if left := keys(lru); left != c.expected {
			t.Errorf("remove %s: %s, not %s", c.key, left, c.expected)
		}
		for _, oldest := range strings.Fields(c.expected) {
			if entry := lru.Evict(); entry == nil || entry.Key != oldest {
				t.Errorf("evicted %+v, not %s", entry, oldest)
			}
		}
		if entry := lru.Evict(); entry != nil {
			t.Errorf("evicted %+v of none", entry)
		}
		lru.Put("z", 0)
		if left := keys(lru); left != "z" {
			t.Errorf("left %s", left)
		}
	}
}

func TestALowerLimitLetsTheSurplusGo(t *testing.T) {
	cases := []struct {
		limit      int
		gone, left string
	}{
		{5, "", "a b c d"},
		{4, "", "a b c d"},
		{2, "a b", "c d"},
		{1, "a b c", "d"},
		{0, "a b c", "d"},
	}
	for _, c := range cases {
		lru := lru(4, "a b c d")
		var gone []string
		for _, entry := range lru.SetLimit(c.limit) {
			gone = append(gone, entry.Key)
		}
		if went, left := strings.Join(gone, " "), keys(lru); went != c.gone || left != c.left {
			t.Errorf("limit %d: %s had to go, %s left", c.limit, went, left)
		}
		lru.Put("e", 4)
		if count := len(strings.Fields(keys(lru))); count != min(max(c.limit, 1), 5) {
			t.Errorf("limit %d: %d values", c.limit, count)
		}
	}
}

func TestAKeptEntryKeepsNoNeighbours(t *testing.T) {
	tally := pair.NewTally()
	lru := leaks.NewLRU[string, *pair.Counted[int]](3)
	for number, key := range []string{"a", "b", "c"} {
		lru.Put(key, pair.NewCounted(tally, number))
	}
	kept := lru.Remove("b")
	// From here on nothing refers to the cache.
	pair.Settle()
	if tally.Alive() != 1 {
		t.Errorf("%d alive", tally.Alive())
	}
	runtime.KeepAlive(kept)
	pair.Settle()
	if tally.Alive() != 0 {
		t.Errorf("%d alive", tally.Alive())
	}
}

// panicOf returns what the work panics with.
func panicOf(work func()) (panicked any) {
	defer func() { panicked = recover() }()
	work()
	return nil
}

func TestAKeyThatIsNotEqualToItselfIsRefused(t *testing.T) {
	lru := leaks.NewLRU[float64, int](2)
	lru.Put(1, 1)
	lru.Put(2, 2)
	for range 5 {
		panicked := panicOf(func() { lru.Put(math.NaN(), 3) })
		if panicked != "a key has to be equal to itself" {
			t.Errorf("panicked with %v", panicked)
		}
	}
	if value, ok := lru.Get(math.NaN()); ok || lru.Remove(math.NaN()) != nil {
		t.Errorf("found %d", value)
	}
	if gone := lru.SetLimit(1); len(gone) != 1 || gone[0].Key != 1 {
		t.Errorf("%v had to go", gone)
	}
	if value, ok := lru.Get(2); !ok || value != 2 {
		t.Errorf("left %d, %t", value, ok)
	}
}

func TestAMillionEntriesGoOldestFirst(t *testing.T) {
	lru := leaks.NewLRU[int, int](1_000_000)
	for key := range 1_000_001 {
		lru.Put(key, key)
	}
	for key := 1_000_000; key > 0; key-- {
		lru.Get(key)
	}
	gone := lru.SetLimit(1)
	for place, entry := range gone {
		if entry.Key != 1_000_000-place {
			t.Fatalf("%d went as number %d", entry.Key, place)
		}
	}
	if value, ok := lru.Get(1); len(gone) != 999_999 || !ok || value != 1 {
		t.Errorf("%d had to go, left %d, %t", len(gone), value, ok)
	}
}

// only here: Rust's compiler refuses these programs.
func TestACacheThatChangesWhileItIsWalkedSaysSo(t *testing.T) {
	changes := map[string]func(*leaks.LRU[string, int]){
		"put":       func(l *leaks.LRU[string, int]) { l.Put("e", 5) },
		"get":       func(l *leaks.LRU[string, int]) { l.Get("b") },
		"remove":    func(l *leaks.LRU[string, int]) { l.Remove("b") },
		"evict":     func(l *leaks.LRU[string, int]) { l.Evict() },
		"set limit": func(l *leaks.LRU[string, int]) { l.SetLimit(1) },
	}
	for name, change := range changes {
		walked, changed := lru(4, "a b c d"), lru(4, "a b c d")
		panicked := panicOf(func() {
			for key := range walked.Entries() {
				if key == "b" {
					change(walked)
				}
			}
		})
		if panicked != "leaks: the cache changed while it was walked" {
			t.Errorf("%s: %v", name, panicked)
		}
		change(changed)
		if got, want := keys(walked), keys(changed); got != want {
			t.Errorf("%s: left %s, want %s", name, got, want)
		}
	}
}

func ExampleLRU() {
	lru := leaks.NewLRU[string, int](2)
	lru.Put("one", 1)
	lru.Put("two", 2)
	lru.Get("one")
	gone := lru.Put("three", 3)
	fmt.Println(gone.Key, gone.Value)
	// Output: two 2
}

// Twin: crates/leaks/src/script.rs

package leaks

import (
	"fmt"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"memory.example/pairs/pair"
)

// Operations are the operations of scripts.
var Operations = []pair.Operation{
	{
		Word:     "add",
		Operands: []pair.Operand{key, size},
		Part:     pair.PartReleases,
		Says:     "adds SIZE bytes, which count as 128 more, to the cache that only grows, in place of those under the same key, and prints how many values it has",
	},
	{
		Word:     "put",
		Operands: []pair.Operand{key, size},
		Part:     pair.PartReleases,
		Says:     "puts SIZE bytes, which count as 128 more, into the cache with a limit, and prints what it removes: the value under the same key, else the one unused for longest if the cache is full",
	},
	{
		Word:     "fill",
		Operands: []pair.Operand{pair.Whole("COUNT", 1, 100_000), size},
		Part:     pair.PartReleases,
		Says:     "puts SIZE bytes into the cache with a limit under each key from 1 to COUNT, all counted beforehand, and prints how many values it removed",
	},
	{
		Word:     "get",
		Operands: []pair.Operand{key},
		Says:     "prints how many bytes the cache with a limit has under a key, which uses them, or nothing",
	},
	{
		Word:     "remove",
		Operands: []pair.Operand{key},
		Part:     pair.PartReleases,
		Says:     "removes a key from the cache with a limit, and prints it, or nothing",
	},
	{
		Word: "evict",
		Part: pair.PartReleases,
		Says: "removes the value unused for longest, and prints its key, or nothing",
	},
	{
		Word:     "limit",
		Operands: []pair.Operand{pair.Whole("COUNT", 1, 1_000_000)},
		Part:     pair.PartReleases,
		Says:     "sets the limit, 3 values at first, and prints what it removes, oldest first: 20 keys, and how many more",
	},
	{
		Word: "keys",
		Says: "prints the keys of the cache with a limit, the one unused for longest first: 20 of them, and how many more",
	},
	{
		Word: "bytes",
		Says: "prints how many values and bytes each cache holds",
	},
	{
		Word: "settle",
		Part: pair.PartSettles,
		Says: "waits until everything released is freed",
	},
	{
		Word: "alive",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of live values",
	},
	{
		Word: "freed",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of freed values",
	},
}

var (
	key  = pair.Name("KEY", 64)
	size = pair.Whole("SIZE", 0, 1<<20)
)

const (
	// firstLimit is the limit at first.
	firstLimit = 3
	// entryBytes is what a script keeps alive around a value, for the limit of bytes.
	entryBytes = 128
	// shown is how many keys a line shows.
	shown = 20
)

// value tells when it is freed.
type value = *pair.Counted[[]byte]

type entry = Entry[string, value]

// Demo prints what the section shows.
func Demo(out *pair.Out) error {
	grown, kept := pair.NewTally(), pair.NewTally()
	cache := Cache[value]{}
	lru := NewLRU[string, value](10)
	for number := range 1_000 {
		key := fmt.Sprintf("user-%d", number)
		AddToCache(cache, key, pair.NewCounted(grown, make([]byte, 1024)))
		lru.Put(key, pair.NewCounted(kept, make([]byte, 1024)))
	}
	pair.Settle()
	says := func(which string, tally *pair.Tally) {
		out.Line("%s: %d of %d values live", which, tally.Alive(), tally.Made())
	}
	says("the cache that only grows", grown)
	says("the cache with a limit", kept)

	_, used := lru.Get("user-990")
	out.Line("used: %t", used)
	gone := lru.SetLimit(3)
	out.Line("removed: %s", list(keysOf(gone)))
	out.Line("left: %s", list(keys(lru)))
	// From here on nothing refers to what had to go.
	pair.Settle()
	says("the cache with a lower limit", kept)

	runtime.KeepAlive(cache)
	runtime.KeepAlive(lru)
	pair.Settle()
	says("the cache that only grows, emptied", grown)
	says("the cache with a limit, emptied", kept)
	return nil
}

// Replay performs a script.
func Replay(script *pair.Script, out *pair.Out) error {
	caches := &caches{
		tally: script.Tally(),
		cache: Cache[value]{},
		lru:   NewLRU[string, value](firstLimit),
	}
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		if err := caches.perform(script, line, out); err != nil {
			return err
		}
	}
}

type caches struct {
	tally *pair.Tally
	cache Cache[value]
	lru   *LRU[string, value]
}

func (c *caches) perform(script *pair.Script, line *pair.Line, out *pair.Out) error {
	switch line.Word {
	case "add":
		return c.add(script, line.Name(0), line.Whole(1), out)
	case "put":
		if err := hold(script, 1, line.Whole(1)); err != nil {
			return err
		}
		gone := c.put(script, line.Name(0), line.Whole(1))
		out.Line("put %s: %s", line.Name(0), removed(gone))
	case "fill":
		if err := hold(script, line.Whole(0), line.Whole(1)); err != nil {
			return err
		}
		gone := 0
		for key := 1; key <= line.Whole(0); key++ {
			gone += len(c.put(script, strconv.Itoa(key), line.Whole(1)))
		}
		out.Line("put %d: %d removed", line.Whole(0), gone)
	case "get":
		if value, ok := c.lru.Get(line.Name(0)); ok {
			out.Line("%d bytes", len(value.Value))
		} else {
			out.Line("nothing")
		}
	case "remove":
		out.Line("%s", removed(release(script, c.lru.Remove(line.Name(0)))))
	case "evict":
		out.Line("%s", removed(release(script, c.lru.Evict())))
	case "limit":
		gone := release(script, c.lru.SetLimit(line.Whole(0))...)
		out.Line("limit %d: %s", line.Whole(0), removed(gone))
	case "keys":
		out.Line("keys %s", list(keys(c.lru)))
	case "bytes":
		says := func(which string, values iter.Seq[value]) {
			count, bytes := 0, 0
			for value := range values {
				count++
				bytes += len(value.Value)
			}
			out.Line("%s: %d values, %d bytes", which, count, bytes)
		}
		says("grows", maps.Values(c.cache))
		says("limited", values(c.lru))
	case "settle":
	case "alive":
		out.Line("%d alive", c.tally.Alive())
	case "freed":
		out.Line("%d freed", c.tally.Freed())
	default:
		return script.Unknown(line.Word)
	}
	return nil
}

func (c *caches) add(script *pair.Script, key string, size int, out *pair.Out) error {
	if err := hold(script, 1, size); err != nil {
		return err
	}
	if old, ok := c.cache[key]; ok {
		script.Release(1, len(old.Value)+entryBytes)
	}
	AddToCache(c.cache, key, pair.NewNamed(c.tally, key, make([]byte, size)))
	out.Line("added %s: %d values", key, len(c.cache))
	return nil
}

// put puts a value whose room is held already.
func (c *caches) put(script *pair.Script, key string, size int) []*entry {
	return release(script, c.lru.Put(key, pair.NewNamed(c.tally, key, make([]byte, size))))
}

func hold(script *pair.Script, count, size int) error {
	return script.Hold(count, count*(size+entryBytes))
}

// release counts the entries that had to go, and returns them; nil stands for none.
func release(script *pair.Script, gone ...*entry) []*entry {
	gone = slices.DeleteFunc(gone, func(e *entry) bool { return e == nil })
	for _, e := range gone {
		script.Release(1, len(e.Value.Value)+entryBytes)
	}
	return gone
}

func removed(gone []*entry) string {
	return list(keysOf(gone)) + " removed"
}

func keysOf(gone []*entry) []string {
	var keys []string
	for _, e := range gone {
		keys = append(keys, e.Key)
	}
	return keys
}

// keys returns the keys of a cache, the one unused for longest first.
func keys(lru *LRU[string, value]) []string {
	var keys []string
	for key := range lru.Entries() {
		keys = append(keys, key)
	}
	return keys
}

func values(lru *LRU[string, value]) iter.Seq[value] {
	return func(yield func(value) bool) {
		for _, value := range lru.Entries() {
			if !yield(value) {
				return
			}
		}
	}
}

// list is the first words, and how many more there are.
func list(words []string) string {
	if len(words) == 0 {
		return "nothing"
	}
	if more := len(words) - shown; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:shown], " "), more)
	}
	return strings.Join(words, " ")
}

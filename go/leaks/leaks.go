// Twin: crates/leaks/src/lib.rs

// Package leaks fills a cache that only grows, and one that has a limit.
package leaks

import "iter"

// Cache is a cache that keeps its values for ever.
type Cache[V any] map[string]V

// AddToCache adds a value, and no code ever removes one.
func AddToCache[V any](cache Cache[V], key string, value V) {
	// No collector helps: the map refers to the value.
	cache[key] = value
}

// LRU is a cache with a limit: the least recently used value has to go.
//
// A key has to hash and compare as it did when it was put in.
type LRU[K comparable, V any] struct {
	limit   int
	entries map[K]*Entry[K, V]
	// A ring of plain pointers: behind it comes the oldest entry, before it
	// the newest.
	ring Entry[K, V]
	// Counted: no compiler refuses a change while the entries are walked.
	changes int
}

// NewLRU returns an empty cache of at most this many values; a limit below one
// is one.
func NewLRU[K comparable, V any](limit int) *LRU[K, V] {
	l := &LRU[K, V]{limit: max(limit, 1), entries: map[K]*Entry[K, V]{}}
	l.ring.older, l.ring.newer = &l.ring, &l.ring
	return l
}

// Put adds a value, and returns the entry that it evicts, if any.
//
// It panics if the key is not equal to itself: it could never be found again.
func (l *LRU[K, V]) Put(key K, value V) *Entry[K, V] {
	if known := key; known != key {
		panic("a key has to be equal to itself")
	}
	gone := l.Remove(key)
	if gone == nil && len(l.entries) >= l.limit {
		gone = l.Evict()
	}
	entry := &Entry[K, V]{Key: key, Value: value}
	l.entries[key] = entry
	l.link(entry)
	return gone
}

// Get returns the value under the key, which is now the most recently used one.
func (l *LRU[K, V]) Get(key K) (value V, ok bool) {
	entry, ok := l.entries[key]
	if !ok {
		return value, false
	}
	l.unlink(entry)
	l.link(entry)
	return entry.Value, true
}

// Remove removes the entry under the key.
func (l *LRU[K, V]) Remove(key K) *Entry[K, V] {
	entry, ok := l.entries[key]
	if !ok {
		return nil
	}
	l.take(entry)
	return entry
}

// Evict removes the least recently used entry.
func (l *LRU[K, V]) Evict() *Entry[K, V] {
	if len(l.entries) == 0 {
		return nil
	}
	oldest := l.ring.newer
	l.take(oldest)
	return oldest
}

// SetLimit sets the limit, and returns the entries that it evicts, oldest
// first; a limit below one is one.
func (l *LRU[K, V]) SetLimit(limit int) []*Entry[K, V] {
	l.limit = max(limit, 1)
	var gone []*Entry[K, V]
	for len(l.entries) > l.limit {
		gone = append(gone, l.Evict())
	}
	return gone
}

// Entries returns the entries, the least recently used first.
//
// If the cache changes between two of them, the next one is a panic.
func (l *LRU[K, V]) Entries() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		changes := l.changes
		for e := l.ring.newer; e != &l.ring; e = e.newer {
			if !yield(e.Key, e.Value) {
				return
			}
			if l.changes != changes {
				panic("leaks: the cache changed while it was walked")
			}
		}
	}
}

// Entry is one value of a cache with a limit, and its key.
type Entry[K comparable, V any] struct {
	// Key is the key under which the value is found.
	Key K
	// Value is the value that was added.
	Value        V
	older, newer *Entry[K, V]
}

// take takes the entry out of the map and of the ring.
func (l *LRU[K, V]) take(entry *Entry[K, V]) {
	delete(l.entries, entry.Key)
	l.unlink(entry)
}

// link makes the entry the newest.
func (l *LRU[K, V]) link(entry *Entry[K, V]) {
	l.changes++
	entry.older, entry.newer = l.ring.older, &l.ring
	entry.older.newer, l.ring.older = entry, entry
}

// unlink links the neighbours of the entry to each other.
func (l *LRU[K, V]) unlink(entry *Entry[K, V]) {
	l.changes++
	entry.older.newer, entry.newer.older = entry.newer, entry.older
	// Code that keeps this entry must not keep its neighbours alive.
	entry.older, entry.newer = nil, nil
}

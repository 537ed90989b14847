// Twin: crates/leaks/src/flat.rs

package leaks

// flat is a cache with a limit that does the same work in both languages: its entries lie in one block, and
// their links are places in it. The collector finds no pointers in it and looks through none of it.
type flat struct {
	limit  int
	places map[int]uint32
	// The first one is no entry: behind it comes the oldest, before it the newest.
	entries []flatEntry
}

type flatEntry struct {
	key, value   int
	older, newer uint32
}

func newFlat(limit int) *flat {
	return &flat{limit: limit, places: map[int]uint32{}, entries: make([]flatEntry, 1)}
}

// Get returns the value under the key, which is now the one that was used last.
func (l *flat) Get(key int) (value int, ok bool) {
	place, ok := l.places[key]
	if !ok {
		return 0, false
	}
	l.unlink(place)
	l.link(place)
	return l.entries[place].value, true
}

// put puts a value under a new key, and returns the one that had to go.
func (l *flat) put(key, value int) (gone int) {
	place := uint32(len(l.entries))
	if len(l.places) < l.limit {
		l.entries = append(l.entries, flatEntry{})
	} else {
		place = l.entries[0].newer
		l.unlink(place)
		delete(l.places, l.entries[place].key)
		gone = l.entries[place].value
	}
	l.entries[place] = flatEntry{key: key, value: value}
	l.places[key] = place
	l.link(place)
	return gone
}

// link puts the entry behind the newest.
func (l *flat) link(place uint32) {
	newest := l.entries[0].older
	l.entries[place].older, l.entries[place].newer = newest, 0
	l.entries[newest].newer, l.entries[0].older = place, place
}

// unlink lets the neighbours of the entry know each other.
func (l *flat) unlink(place uint32) {
	older, newer := l.entries[place].older, l.entries[place].newer
	l.entries[older].newer, l.entries[newer].older = newer, older
}

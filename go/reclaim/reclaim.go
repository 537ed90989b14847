// Twin: crates/reclaim/src/lib.rs

// Package reclaim is many buffers, of which a window is alive.
package reclaim

import "bytes"

// AllocateData makes buffers one after another, uses each once, and gives it
// up.
func AllocateData[B any](count int, newData func() B, work func(B)) {
	for range count {
		data := newData()
		work(data)
		// Garbage from here on; the collector frees it, some time later.
	}
}

// Filled returns a buffer of this size with every byte written.
//
// A size that no block of memory can have is a panic; one that the system
// refuses ends the process.
func Filled(size int, b byte) []byte {
	return bytes.Repeat([]byte{b}, size)
}

// Sum returns the sum of a buffer's bytes.
func Sum(data []byte) int {
	sum := 0
	for _, b := range data {
		sum += int(b)
	}
	return sum
}

// Window keeps the newest buffers and releases the older ones.
type Window[B any] struct {
	// An empty place holds the zero value.
	ring []B
	made int
}

// NewWindow returns a window of this many empty places; a size below one is
// one.
func NewWindow[B any](size int) *Window[B] {
	return &Window[B]{ring: make([]B, max(size, 1))}
}

// Size returns the number of places.
func (w *Window[B]) Size() int {
	return len(w.ring)
}

// Made returns the number of buffers that were ever kept.
func (w *Window[B]) Made() int {
	return w.made
}

// Keep puts a buffer in the place of the oldest and returns its number, from 1.
func (w *Window[B]) Keep(data B) int {
	w.made++
	// The buffer that was here is garbage: the assignment frees nothing.
	w.ring[w.made%w.Size()] = data
	return w.made
}

// Get returns the buffer of this number, unless a newer one has its place.
func (w *Window[B]) Get(number int) (data B, ok bool) {
	past := max(w.made-w.Size(), 0)
	if past < number && number <= w.made {
		return w.ring[number%w.Size()], true
	}
	return data, false
}

// Release releases a buffer before its turn.
func (w *Window[B]) Release(number int) {
	if _, ok := w.Get(number); ok {
		var nothing B
		w.ring[number%w.Size()] = nothing
	}
}

// Clear releases all buffers.
func (w *Window[B]) Clear() {
	clear(w.ring)
}

// Resize changes the number of places and keeps the newest buffers; a size
// below one is one.
func (w *Window[B]) Resize(size int) {
	size = max(size, 1)
	past := max(w.made-min(size, w.Size()), 0)
	ring := make([]B, size)
	for number := past + 1; number <= w.made; number++ {
		ring[number%size] = w.ring[number%w.Size()]
	}
	w.ring = ring
}

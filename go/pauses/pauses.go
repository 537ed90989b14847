// Twin: crates/pauses/src/lib.rs

// Package pauses is requests over a live heap of sessions that have a history.
package pauses

import "bytes"

// Remembered is the number of visits that a session remembers.
const Remembered = 4

// Page is the size of a page in bytes.
const Page = 1024

// Sessions is the live heap: all sessions by their keys.
type Sessions[T any] struct {
	byKey  map[int]*Session[T]
	opened int
	closed int
}

// NewSessions returns a heap without sessions.
func NewSessions[T any]() *Sessions[T] {
	return &Sessions[T]{byKey: map[int]*Session[T]{}}
}

// Live returns the number of sessions.
func (s *Sessions[T]) Live() int {
	return s.opened - s.closed
}

// Open opens a session with a full history and returns its key, from 1.
func (s *Sessions[T]) Open(newVisit func() T) int {
	session := &Session[T]{}
	for range Remembered {
		session.Remember(newVisit())
	}
	// Only now: a panic of newVisit opens nothing, and it may open others.
	s.opened++
	s.byKey[s.opened] = session
	return s.opened
}

// Request answers a request with a page, if the key is that of a session.
func (s *Sessions[T]) Request(key int, visit T) (page []byte, ok bool) {
	session, ok := s.byKey[key]
	if !ok {
		return nil, false
	}
	session.Remember(visit)
	b := byte(key + session.visits)
	return bytes.Repeat([]byte{b}, Page), true
}

// Requests answers requests for random keys and returns their checksum.
func (s *Sessions[T]) Requests(count int, lots uint64, newVisit func() T) int {
	sum := 0
	for range count {
		key := s.Draw(&lots)
		if page, ok := s.Request(key, newVisit()); ok {
			sum = (sum*31 + int(page[Page-1])) % 1_000_000_007
			// The page is garbage now; a collection frees it beside requests.
		}
	}
	return sum
}

// Draw draws the key of a session at random.
func (s *Sessions[T]) Draw(lots *uint64) int {
	*lots *= 6_364_136_223_846_793_005
	*lots += 1_442_695_040_888_963_407
	lot := *lots >> 33
	return s.closed + 1 + int(lot)%max(s.Live(), 1)
}

// History returns the visits that a session remembers, the newest first.
func (s *Sessions[T]) History(key int) []T {
	var values []T
	if session, ok := s.byKey[key]; ok {
		for visit := session.last; visit != nil; visit = visit.before {
			values = append(values, visit.value)
		}
	}
	return values
}

// Close closes the oldest session, if there is one.
func (s *Sessions[T]) Close() {
	if s.closed < s.opened {
		s.closed++
		// No pause here: the session is garbage, and so are its visits.
		delete(s.byKey, s.closed)
	}
}

// CloseAll closes all sessions at once.
func (s *Sessions[T]) CloseAll() {
	s.closed = s.opened
	// No pause here: one pointer changes, however much hung on it.
	s.byKey = map[int]*Session[T]{}
}

// Session is a list of visits, the newest first.
type Session[T any] struct {
	visits int
	last   *visit[T]
}

// Remember puts a visit in front of the others and forgets the oldest.
func (s *Session[T]) Remember(value T) {
	s.visits++
	s.last = &visit[T]{value, s.last}
	link := &s.last
	for range Remembered {
		if *link == nil {
			return
		}
		link = &(*link).before
	}
	// This makes garbage of the oldest visit.
	*link = nil
}

type visit[T any] struct {
	value  T
	before *visit[T]
}

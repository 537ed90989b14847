// Twin: crates/server/src/ring.rs

package server

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// ring is the last requests of a server: which memory each had, and how long it was in its handler. It
// has a fixed number of places; a new request takes that of the oldest.
type ring struct {
	start  time.Time
	seen   atomic.Int64
	places []place
}

// place is one request, in nanoseconds.
type place struct {
	// begun is when it began, since the ring did.
	begun atomic.Int64
	// took is how long it took, and in the lowest bit whether its memory was pooled.
	took atomic.Int64
}

// times is what /times tells.
type times struct {
	// Seen is how many requests there were.
	Seen int64 `json:"seen"`
	// Requests are the last of them, oldest first: nanoseconds of its begin, 1 for pooled memory,
	// nanoseconds it took.
	Requests [][3]int64 `json:"requests"`
}

func newRing(places int) *ring {
	made := &ring{start: time.Now(), places: make([]place, places)}
	// Written to now, so that no request finds a page without memory.
	for i := range made.places {
		made.places[i].took.Store(0)
	}
	return made
}

// time lets a request have pooled memory or fresh one, by chance, and keeps how long that took.
func (r *ring) time(handle func(pooled bool)) {
	chance := rand.Int64() & 1 // nobody outside can foresee it
	begun := time.Now()
	handle(chance == 1)
	took := time.Since(begun).Nanoseconds()
	place := &r.places[(r.seen.Add(1)-1)%int64(len(r.places))]
	place.begun.Store(begun.Sub(r.start).Nanoseconds())
	place.took.Store(took<<1 | chance)
}

// times tells all that it keeps, right only when no request runs.
func (r *ring) times() times {
	seen := r.seen.Load()
	kept := min(seen, int64(len(r.places)))
	requests := make([][3]int64, 0, kept)
	for request := seen - kept; request < seen; request++ {
		place := &r.places[request%int64(len(r.places))]
		took := place.took.Load()
		requests = append(requests, [3]int64{place.begun.Load(), took & 1, took >> 1})
	}
	return times{seen, requests}
}

// Twin: crates/leaks/src/steady.rs

package leaks

import (
	"runtime"
	"sync"
	"time"

	"memory.example/pairs/pair"
)

// maxRequests is the most requests of a run.
const maxRequests = 50_000

// between is the time from one request to the next.
const between = 100 * time.Microsecond

// each is how many requests there are for one that puts a new value in, for which the oldest has to go.
const each = 10

// limited is a cache of a fixed size: put returns the value that had to go.
type limited interface {
	Get(key int) (value int, ok bool)
	put(key, value int) int
}

// steady times requests from when they were meant to start. A run has five parts; Go collects at the beginning
// of the second and of the fourth.
func steady(bench *pair.Bench, cache limited) error {
	requests := min(bench.Scale, maxRequests)
	service := newService(cache, bench.Scale)
	sum := 0
	for number := range requests {
		sum += service.serve(number)
	}
	bench.Answer(sum)
	bench.Begin()
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		late := [...]*pair.Latencies{pair.NewLatencies(), pair.NewLatencies()}
		var collections sync.WaitGroup
		start, before, served := time.Now(), 0, 0
		for number := range requests {
			part := number * 5 / requests
			if part%2 == 1 && part != before {
				// Beside the requests, as a collection comes that nobody asked for.
				collections.Go(runtime.GC)
			}
			before = part
			due := between * time.Duration(number)
			// The runtime's timers step by a millisecond: what is due meanwhile is up to that late.
			time.Sleep(due - time.Since(start))
			served += service.serve(number)
			late[part%2].Record(time.Since(start) - due)
		}
		collections.Wait()
		sample.SetLatencies("after_ns", late[1])
		sample.SetLatencies("quiet_ns", late[0])
		sample.Set("began_ns", start.UnixNano())
		sample.Answers(served)
		bench.Report(sample)
	}
	return nil
}

// service is a full cache, and what its requests ask for.
type service struct {
	cache  limited
	limit  int
	next   int
	random random
}

func newService(cache limited, limit int) *service {
	for key := range limit {
		cache.put(key, key)
	}
	return &service{cache: cache, limit: limit, next: limit, random: 1}
}

// serve answers with the value that was found, or with the one that had to go.
func (s *service) serve(number int) int {
	if number%each == 0 {
		key := s.next
		s.next++
		return s.cache.put(key, key)
	}
	value, _ := s.cache.Get(s.random.below(s.limit))
	return value
}

// linked is the cache with an object for each entry.
type linked struct{ *LRU[int, int] }

func newLinked(limit int) limited {
	return linked{NewLRU[int, int](limit)}
}

func (l linked) put(key, value int) int {
	if gone := l.Put(key, value); gone != nil {
		return gone.Value
	}
	return 0
}

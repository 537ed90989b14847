// Twin: crates/leaks/src/measure.rs

package leaks

import (
	"strconv"

	"memory.example/pairs/pair"
)

// Cases are the measured cases.
var Cases = append([]pair.Case{
	{
		Name:  "lru",
		Unit:  "ns",
		Says:  "asks a new cache of at most 100000 values SCALE times and puts in what it lacks",
		Scale: 200_000,
		Max:   100_000_000,
		Run:   measureLRU(newLinked),
	},
	{
		Name:  "lru_fast_hash",
		Unit:  "ns",
		Says:  "asks in the same way a cache with a fast hash, as Go's map has anyway",
		Scale: 200_000,
		Max:   100_000_000,
		Run:   measureLRU(newLinked),
	},
	{
		Name:  "lru_slab",
		Unit:  "ns",
		Says:  "asks in the same way a cache that has its entries in one block and a cheap hash, in both languages",
		Scale: 200_000,
		Max:   100_000_000,
		Run:   measureLRU(func(limit int) limited { return newFlat(limit) }),
	},
	{
		Name:  "grow",
		Unit:  "ns",
		Says:  "puts SCALE values into a new cache that keeps them for ever",
		Scale: 200_000,
		Max:   10_000_000,
		Run:   measureGrow,
	},
	{
		Name:  "churn",
		Unit:  "ns",
		Says:  "replaces one of SCALE live objects of 64 bytes, picked at random, SCALE times",
		Scale: 1_600_000,
		Max:   10_000_000,
		Run:   func(bench *pair.Bench) error { return measureChurn(bench, picked(bench.Scale)) },
	},
	{
		Name:  "churn_in_order",
		Unit:  "ns",
		Says:  "replaces one of SCALE live objects of 64 bytes, each in its turn, SCALE times",
		Scale: 1_600_000,
		Max:   10_000_000,
		Run:   func(bench *pair.Bench) error { return measureChurn(bench, inOrder(bench.Scale)) },
	},
	{
		Name:  "lru_steady",
		Unit:  "ns",
		Says:  "asks a full cache of SCALE values 10000 times a second for 5 s; in Go two collections come between",
		Scale: 1_000_000,
		Max:   30_000_000,
		Run:   func(bench *pair.Bench) error { return steady(bench, newLinked(bench.Scale)) },
	},
	{
		Name:  "lru_steady_fast_hash",
		Unit:  "ns",
		Says:  "does the same with the cache of lru_fast_hash",
		Scale: 1_000_000,
		Max:   30_000_000,
		Run:   func(bench *pair.Bench) error { return steady(bench, newLinked(bench.Scale)) },
	},
	{
		Name:  "lru_flat",
		Unit:  "ns",
		Says:  "asks in the same way the cache of lru_slab, which has no pointers for a collector to follow",
		Scale: 1_000_000,
		Max:   30_000_000,
		Run:   func(bench *pair.Bench) error { return steady(bench, newFlat(bench.Scale)) },
	},
}, append(hashes, emptiedMaps...)...)

// cacheSink is what the timed work made.
var cacheSink Cache[int]

// measuredLimit is how many values the measured caches hold at most.
const measuredLimit = 100_000

// measureLRU returns what measures caches of a kind.
func measureLRU(newCache func(limit int) limited) func(*pair.Bench) error {
	return func(bench *pair.Bench) error {
		bench.Answer(ask(newCache(measuredLimit), bench.Scale))
		for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
			answer := 0
			sample.Time(func() { answer = ask(newCache(measuredLimit), bench.Scale) })
			sample.Answers(answer)
			bench.Report(sample)
		}
		return nil
	}
}

// ask asks for keys of which half fit in; it returns the sum of the values that were found.
func ask(cache limited, requests int) int {
	random := random(1)
	sum := 0
	for request := range requests {
		key := random.below(2 * measuredLimit)
		if value, ok := cache.Get(key); ok {
			sum += value
		} else {
			cache.put(key, request)
		}
	}
	return sum
}

func measureGrow(bench *pair.Bench) error {
	bench.Answer(total(grown(bench.Scale)))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		sample.Time(func() { cacheSink = grown(bench.Scale) })
		// Only what grows is timed: it is freed behind the clock.
		sample.Answers(total(cacheSink))
		cacheSink = nil
		bench.Report(sample)
	}
	return nil
}

// total returns the sum of a cache's values.
func total(cache Cache[int]) int {
	sum := 0
	for _, value := range cache {
		sum += value
	}
	return sum
}

// grown returns a cache of that many values.
func grown(values int) Cache[int] {
	cache := Cache[int]{}
	for value := range values {
		AddToCache(cache, strconv.Itoa(value), value)
	}
	return cache
}

func measureChurn(bench *pair.Bench, places []int) error {
	live := make([]*[8]int, bench.Scale)
	for number := range live {
		live[number] = object(number)
	}
	replace(live, places)
	bench.Answer(weigh(live))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		sample.Time(func() { replace(live, places) })
		sample.Answers(weigh(live))
		bench.Report(sample)
	}
	return nil
}

// replace replaces the objects in these places, one by one.
func replace(live []*[8]int, places []int) {
	for number, place := range places {
		live[place] = object(number)
	}
}

// weigh returns the sum of each object's number times its place.
func weigh(live []*[8]int) int {
	sum := 0
	for place, object := range live {
		sum += place * object[7]
	}
	return sum
}

// object returns an object of 64 bytes.
func object(number int) *[8]int {
	return &[8]int{number, number, number, number, number, number, number, number}
}

// inOrder returns all places, one behind the other.
func inOrder(count int) []int {
	places := make([]int, count)
	for i := range places {
		places[i] = i
	}
	return places
}

// picked returns as many places as there are, each picked at random.
func picked(count int) []int {
	places := make([]int, count)
	random := random(1)
	for i := range places {
		places[i] = random.below(count)
	}
	return places
}

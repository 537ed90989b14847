// Twin: crates/leaks/src/hashes.rs

package leaks

import (
	"math"

	"memory.example/pairs/pair"
)

// hashedKeys is about how many keys a sample looks up, or puts into sets.
const hashedKeys = 1_000_000

// hashedRepeated is how often a set is given each of its values.
const hashedRepeated = 10

// The same work in pairs: Go's map has one hash, and it is fast.
var hashes = []pair.Case{
	hashCase(
		"hash_hit",
		"looks up about 1000000 keys that a map of SCALE integers has, with the standard hash",
		measureLookUp(present, present),
	),
	hashCase("hash_hit_fast", "does the same with a fast hash", measureLookUp(present, present)),
	hashCase("hash_hit_identity", "does the same with the integer as its own hash", measureLookUp(present, present)),
	hashCase(
		"hash_miss",
		"looks up about 1000000 keys that a map of SCALE integers lacks, with the standard hash",
		measureLookUp(present, absent),
	),
	hashCase("hash_miss_fast", "does the same with a fast hash", measureLookUp(present, absent)),
	hashCase(
		"hash_set",
		"puts about 1000000 integers into sets of SCALE, each ten times, with the standard hash",
		measureSets,
	),
	hashCase("hash_set_fast", "does the same with a fast hash", measureSets),
	hashCase(
		"hash_words",
		"looks up about 1000000 words that a map of SCALE words has, with the standard hash",
		measureLookUp(words, words),
	),
	hashCase("hash_words_fast", "does the same with a fast hash", measureLookUp(words, words)),
}

func hashCase(name, says string, run func(*pair.Bench) error) pair.Case {
	return pair.Case{Name: name, Unit: "ns", Says: says, Scale: 1000, Max: 10_000_000, Run: run}
}

// measureLookUp returns what looks up keys of the second kind in a map of those of the first kind.
func measureLookUp[K comparable](held, asked func(count int) []K) func(*pair.Bench) error {
	return func(bench *pair.Bench) error {
		values := map[K]int{}
		for i, key := range held(bench.Scale) {
			values[key] = i + 1
		}
		asked := asked(bench.Scale)
		rounds := max(hashedKeys/len(asked), 1)
		lookUp := func() int {
			sum := 0
			for range rounds {
				for _, key := range asked {
					if value, ok := values[key]; ok {
						sum += value
					} else {
						sum--
					}
				}
			}
			return sum
		}
		bench.Answer(lookUp())
		for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
			answer := 0
			sample.Time(func() { answer = lookUp() })
			sample.Answers(answer)
			bench.Report(sample)
		}
		return nil
	}
}

func measureSets(bench *pair.Bench) error {
	keys := present(bench.Scale)
	sets := max(hashedKeys/hashedRepeated/len(keys), 1)
	build := func() int {
		size := 0
		for range sets {
			set := map[int]struct{}{}
			for range hashedRepeated {
				for _, key := range keys {
					set[key] = struct{}{}
				}
			}
			size += len(set)
		}
		return size
	}
	bench.Answer(build())
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = build() })
		sample.Answers(answer)
		bench.Report(sample)
	}
	return nil
}

// present returns random integers.
func present(count int) []int {
	return randomIntegers(count)
}

// absent returns those that follow them.
func absent(count int) []int {
	return randomIntegers(2 * count)[count:]
}

func randomIntegers(count int) []int {
	random := random(1)
	integers := make([]int, count)
	for i := range integers {
		integers[i] = random.below(math.MaxInt64)
	}
	return integers
}

// words returns a tenth of a fixed list of words, in no order.
func words(count int) []string {
	words := make([]string, count)
	for number := range words {
		// A prime: no word comes twice.
		words[number] = word(number * 7919 % (10 * count))
	}
	return words
}

// word returns the word of this number: as many syllables as its number has digits to a base of 16.
func word(number int) string {
	const syllables = "andberconderentforgenhalingleymenouspreresionter"
	var word []byte
	for {
		word = append(word, syllables[number%16*3:][:3]...)
		if number /= 16; number == 0 {
			return string(word)
		}
	}
}

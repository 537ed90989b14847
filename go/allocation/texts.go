// Twin: crates/allocation/src/texts.rs

package allocation

import (
	"runtime"
	"strconv"
	"sync"

	"memory.example/pairs/pair"
)

const (
	// textEntries is how many entries a task puts into its map.
	textEntries = 10_000
	// textWorkers is how many goroutines share the tasks.
	textWorkers = 2
)

// A copy of a text shares its bytes anyway, and the hash of a map is fast: only the room can be given.
var textCases = []pair.Case{
	textCase("texts", "puts 10000 numbers as texts into a map and looks each up, SCALE times on two threads", 0),
	textCase("texts_shared", "does the same with texts whose copies share one block", 0),
	textCase("texts_fast_hash", "does the same as texts with a fast hash", 0),
	textCase(
		"texts_inline",
		"does the same with a fast hash, room for all entries, and in Rust with texts that need no block",
		textEntries,
	),
}

func textCase(name, says string, room int) pair.Case {
	run := func(bench *pair.Bench) error { return measureTexts(bench, room) }
	return pair.Case{Name: name, Unit: "ns", Says: says, Scale: 100, Max: 100_000, Run: run}
}

// textValue is what the map holds for a text.
type textValue struct {
	text   string
	number uint32
}

func measureTexts(bench *pair.Bench, room int) error {
	bench.Answer(onWorkers(bench.Scale, room))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = onWorkers(bench.Scale, room) })
		sample.Answers(answer)
		bench.Report(sample)
	}
	return nil
}

// onWorkers shares the tasks; the answer is the sum of theirs.
func onWorkers(tasks, room int) int {
	var sums [textWorkers]int
	var running sync.WaitGroup
	for first := range textWorkers {
		running.Go(func() {
			sum := 0
			for task := first; task < tasks; task += textWorkers {
				sum += textTask(room)
			}
			sums[first] = sum
		})
	}
	running.Wait()
	sum := 0
	for _, one := range sums {
		sum += one
	}
	return sum
}

// textTask fills a map, looks every text up, and returns how many entries there are, plus the numbers that were
// found with their texts.
func textTask(room int) int {
	values := make(map[string]textValue, room)
	sum := 0
	for number := range uint32(textEntries) {
		text := strconv.Itoa(int(number))
		values[text] = textValue{text, number}
		if value, ok := values[text]; ok && value.text == text {
			sum += int(value.number)
		}
	}
	sum += len(values)
	runtime.KeepAlive(values)
	return sum
}

// Twin: crates/pauses/src/handed.rs

package pauses

import (
	"runtime"
	"sync"
	"time"

	"memory.example/pairs/pair"
)

var dropHere, dropElsewhere = pair.Case{
	Name:  "drop_here",
	Unit:  "ns",
	Says:  "lets go of SCALE texts of 12 bytes, in lists of 1000; then makes 100000 texts, each timed",
	Scale: 1_000_000,
	Max:   10_000_000,
	Run:   measureDropHere,
}, pair.Case{
	Name:  "drop_elsewhere",
	Unit:  "ns",
	Says:  "does the same, with another thread to let go",
	Scale: 1_000_000,
	Max:   10_000_000,
	Run:   measureDropElsewhere,
}

// measureDropHere forgets where the texts are: a collection frees them.
func measureDropHere(bench *pair.Bench) error {
	return measureDrop(bench, func(lists *[][]string) { *lists = nil }, runtime.GC)
}

// measureDropElsewhere hands the texts to a goroutine that forgets them: the collection that it asks for frees them.
func measureDropElsewhere(bench *pair.Bench) error {
	// Room for one value: the sender does not wait.
	sender, freed := make(chan [][]string, 1), make(chan struct{})
	var dropper sync.WaitGroup
	dropper.Go(func() {
		for range sender {
			runtime.GC()
			freed <- struct{}{}
		}
	})
	release := func(lists *[][]string) {
		sender <- *lists
		*lists = nil
	}
	err := measureDrop(bench, release, func() { <-freed })
	close(sender)
	dropper.Wait()
	return err
}

// measureDrop times until all is free, and the release itself.
func measureDrop(bench *pair.Bench, release func(lists *[][]string), wait func()) error {
	bench.Answer(weigh(lists(bench.Scale)))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		made := lists(bench.Scale)
		sample.Answers(weigh(made))
		var released time.Duration
		sample.Time(func() {
			start := time.Now()
			release(&made)
			released = time.Since(start)
			wait()
		})
		sample.Set("release_wall_ns", released.Nanoseconds())
		sample.SetLatencies("next_ns", next())
		bench.Report(sample)
	}
	return nil
}

// next returns how long each of the next texts takes to make.
func next() *pair.Latencies {
	latencies := pair.NewLatencies()
	texts := make([]string, 0, 100_000)
	for number := range 100_000 {
		start := time.Now()
		text := text(number)
		latencies.Record(time.Since(start))
		texts = append(texts, text)
	}
	runtime.KeepAlive(texts)
	return latencies
}

func lists(count int) [][]string {
	var lists [][]string
	for first := 0; first < count; first += 1000 {
		list := make([]string, 0, 1000)
		for number := first; number < min(count, first+1000); number++ {
			list = append(list, text(number))
		}
		lists = append(lists, list)
	}
	return lists
}

// text returns the number in twelve digits.
func text(number int) string {
	var digits [12]byte
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = '0' + byte(number%10)
		number /= 10
	}
	return string(digits[:])
}

// weigh returns the sum of all letters.
func weigh(lists [][]string) int {
	sum := 0
	for _, list := range lists {
		for _, text := range list {
			for i := range len(text) {
				sum += int(text[i])
			}
		}
	}
	return sum
}

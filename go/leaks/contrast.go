// Twin: crates/leaks/src/contrast.rs

package leaks

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"memory.example/pairs/pair"
)

// page is the size of a page of memory, of which large blocks are made.
const page = 8192

// headerBytes is how many bytes of a buffer are its header.
const headerBytes = 8

// Contrast prints the facts that differ.
func Contrast(facts *pair.Facts) error {
	count := facts.Count()
	numbers := 100 * count
	name := fmt.Sprintf("a map of %d keys keeps its room when they are removed", numbers)
	facts.Add(name, keepsRoom(numbers))

	bytes := count * page
	name = fmt.Sprintf("bytes that the first 8 of %d keep alive", bytes)
	facts.Add(name, keptAlive(bytes))

	receivers := min(count, 10)
	blocked := receive(receivers)
	name = fmt.Sprintf("of %d receivers whose senders are gone: still blocked, ended", receivers)
	facts.Add(name, fmt.Sprintf("%d, %d", blocked, receivers-blocked))

	tally := pair.NewTally()
	ring(tally, count)
	pair.Settle()
	name = fmt.Sprintf("of %d shared values that hold each other in a ring: freed, alive", count)
	facts.Add(name, fmt.Sprintf("%d, %d", tally.Freed(), tally.Alive()))
	tally = pair.NewTally()
	mailbox(tally, count)
	pair.Settle()
	name = fmt.Sprintf("of %d values in a channel that holds its own receiver: freed, alive", count)
	facts.Add(name, fmt.Sprintf("%d, %d", tally.Freed(), tally.Alive()))
	return nil
}

// liveBytes returns what lives after a collection.
func liveBytes() int {
	runtime.GC()
	heap := pair.HeapNow()
	return heap.Allocated - heap.Freed
}

// keepsRoom reports whether a map that was emptied holds more than half of what it held when full.
func keepsRoom(keys int) bool {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	before := liveBytes()
	m := map[int]int{}
	for key := range keys {
		m[key] = key
	}
	full := liveBytes() - before
	for key := range keys {
		delete(m, key)
	}
	empty := liveBytes() - before
	return len(m) == 0 && empty > full/2
}

// keptAlive returns how many bytes the first ones of a large buffer keep alive, in whole pages. It is asked
// until two answers are alike: the program itself makes and frees some things meanwhile.
func keptAlive(bytes int) int {
	ask := func() int {
		before := liveBytes()
		kept := header(bytes)
		alive := liveBytes() - before
		runtime.KeepAlive(kept)
		return (alive + page/2) / page * page
	}
	answer := ask()
	for range 10 {
		again := ask()
		if again == answer {
			break
		}
		answer = again
	}
	return answer
}

// header returns the first bytes of a large buffer, and with them the whole buffer.
func header(bytes int) []byte {
	buffer := make([]byte, bytes)
	return buffer[:headerBytes]
}

// receive counts the goroutines that still wait for a channel whose sender is gone.
func receive(receivers int) int {
	before := runtime.NumGoroutine()
	for range receivers {
		wait()
	}
	time.Sleep(10 * time.Millisecond)
	runtime.GC()
	return runtime.NumGoroutine() - before
}

// wait lets a goroutine wait for a channel into which nobody will ever send.
func wait() {
	letters := make(chan struct{})
	go func() { <-letters }()
}

type shared struct {
	value *pair.Counted[int]
	next  *shared
}

func ring(tally *pair.Tally, count int) {
	last := &shared{value: pair.NewCounted(tally, 0)}
	first := last
	for number := 1; number < count; number++ {
		first = &shared{pair.NewCounted(tally, number), first}
	}
	last.next = first
}

type letter struct {
	value    *pair.Counted[int]
	receiver <-chan letter
}

// mailbox sends values through a channel, the last one with the channel itself, which is also its receiver.
func mailbox(tally *pair.Tally, count int) chan<- letter {
	letters := make(chan letter, count)
	for number := range count - 1 {
		letters <- letter{pair.NewCounted(tally, number), nil}
	}
	letters <- letter{pair.NewCounted(tally, count), letters}
	return letters
}

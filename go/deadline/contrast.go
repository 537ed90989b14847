// Twin: crates/deadline/src/contrast.rs

package deadline

import (
	"fmt"
	"runtime/debug"

	"memory.example/pairs/pair"
)

// Contrast prints the facts that differ.
func Contrast(facts *pair.Facts) error {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	births := facts.Count() / 10
	plain := heapOfFrames(NewWorld[struct{}](false), births)
	facts.Add(fmt.Sprintf("blocks allocated in 60 frames with %d births", births), plain.Allocations)
	facts.Add("blocks freed by the end of such a world, without a collection", plain.Frees)
	held := heapOfFrames(heldWorld(births), births)
	facts.Add("blocks allocated in such frames on memory held beforehand", held.Allocations)

	count := 10 * facts.Count()
	plain = heapOfOrders(NewBook(false), count, func(book *Book) { book.Trades = nil })
	facts.Add(fmt.Sprintf("blocks allocated for %d orders", count), plain.Allocations)
	facts.Add("blocks freed by the end of such a book, without a collection", plain.Frees)
	held = heapOfOrders(heldBook(), count, func(book *Book) { book.Trades = book.Trades[:0] })
	facts.Add(fmt.Sprintf("blocks allocated for %d orders on memory held beforehand", count), held.Allocations)
	return nil
}

// heapOfFrames returns what 60 frames ask of the heap once as many particles die as are born, until the
// world ends: nothing refers to it from there on.
func heapOfFrames(world *World[struct{}], births int) pair.Heap {
	feed := newFeed(1)
	plain := func() (none struct{}) { return }
	for range 2 * life {
		frame(feed, world, births, plain)
	}
	before := pair.HeapNow()
	for range 60 {
		frame(feed, world, births, plain)
	}
	return pair.HeapNow().Since(before)
}

// heapOfOrders returns what orders ask of the heap once as many leave the book as come, until the book ends;
// each has its own list of trades, or all share one.
func heapOfOrders(book *Book, count int, next func(*Book)) pair.Heap {
	feed := newFeed(1)
	send := func() {
		for range count {
			feed.order(book)
			next(book)
		}
	}
	send()
	before := pair.HeapNow()
	send()
	return pair.HeapNow().Since(before)
}

// Twin: crates/deadline/src/contrast.rs

package deadline

import (
	"runtime/debug"

	"memory.example/pairs/pair"
)

// Contrast tells the facts that differ.
func Contrast(facts *pair.Facts) error {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	frames := heapOfFrames(NewWorld[struct{}](false))
	facts.Add("blocks allocated in a frame with 100 births", frames.Allocations/60)
	facts.Add("blocks freed by the end of 60 such frames, without a collection", frames.Frees)
	held := heapOfFrames(heldWorld(100))
	facts.Add("blocks allocated in 60 such frames on memory held beforehand", held.Allocations)

	orders := heapOfOrders(NewBook(false), func(book *Book) { book.Trades = nil })
	facts.Add("blocks allocated for 10000 orders", orders.Allocations)
	facts.Add("blocks freed by the end of 10000 orders, without a collection", orders.Frees)
	held = heapOfOrders(heldBook(), func(book *Book) { book.Trades = book.Trades[:0] })
	facts.Add("blocks allocated for 10000 orders on memory held beforehand", held.Allocations)
	return nil
}

// heapOfFrames returns what 60 frames ask of the heap once as many particles die as are born.
func heapOfFrames(world *World[struct{}]) pair.Heap {
	feed := newFeed(1)
	plain := func() (none struct{}) { return }
	for range 2 * life {
		frame(feed, world, 100, plain)
	}
	before := pair.HeapNow()
	for range 60 {
		frame(feed, world, 100, plain)
	}
	return pair.HeapNow().Since(before)
}

// heapOfOrders returns what 10000 orders ask of the heap once as many leave the book as come; each has
// its own list of trades, or all share one.
func heapOfOrders(book *Book, next func(*Book)) pair.Heap {
	feed := newFeed(1)
	send := func() {
		for range 10_000 {
			feed.order(book)
			next(book)
		}
	}
	send()
	before := pair.HeapNow()
	send()
	return pair.HeapNow().Since(before)
}

// Twin: crates/deadline/src/feed.rs

package deadline

// life is how many frames a particle lives at most.
const life = 32

// patience is how many orders come before one that still waits is cancelled.
const patience = 1000

// A market's prices are lowest to lowest+prices-1.
const lowest, prices = 968, 64

// feed is a source of births and orders, by chance that is the same in both languages.
type feed struct {
	state  uint64
	orders int
	sent   [patience]struct {
		side  Side
		price int
	}
}

// newFeed returns a source that always gives the same for the same seed.
func newFeed(seed int) *feed {
	return &feed{state: uint64(seed)}
}

// frame is one frame: births, a step, deaths. It is a function since methods have no type parameters.
func frame[T any](f *feed, world *World[T], births int, value func() T) {
	spawn(f, world, births, value)
	world.Step()
	world.Release()
}

// spawn adds this many births.
func spawn[T any](f *feed, world *World[T], births int, value func() T) {
	for range births {
		life := life - f.below(life/2)
		world.Spawn(value(), f.below(128), life)
	}
}

// order sends one order, after an old one is cancelled that nobody wanted.
func (f *feed) order(book *Book) {
	sent := &f.sent[f.orders%patience]
	if f.orders >= patience {
		book.Cancel(sent.side, sent.price, f.orders-patience)
	}
	sent.side = Side(f.below(2))
	sent.price = lowest + f.below(prices)
	book.Place(sent.side, Order{ID: f.orders, Price: sent.price, Quantity: 1 + f.below(100)})
	f.orders++
}

// below returns numbers below this one, by a linear congruential generator.
func (f *feed) below(limit int) int {
	// Overflow is wanted here, and wraps around.
	f.state = f.state*6_364_136_223_846_793_005 + 1_442_695_040_888_963_407
	return int(f.state>>33) % limit
}

// heldWorld returns a world that already holds the memory for frames of this many births.
func heldWorld(births int) *World[struct{}] {
	world := NewWorld[struct{}](true)
	for range births * life {
		world.Spawn(struct{}{}, 0, life)
	}
	for range life {
		world.Step()
	}
	world.Release()
	return world
}

// heldBook returns a book that already holds the memory for all orders that a market can have waiting.
func heldBook() *Book {
	// Twice as many: what is gone is swept out once it is more than what is left.
	const heldPrices, heldOrders = 2 * prices, 2*patience + 2
	book := NewBook(true)
	for _, side := range []Side{SideBuy, SideSell} {
		first := 1 + int(side)*heldPrices
		for price := first; price < first+heldPrices; price++ {
			for id := range heldOrders {
				book.Place(side, Order{ID: id, Price: price, Quantity: 1})
			}
		}
		for price := first; price < first+heldPrices; price++ {
			for id := range heldOrders {
				book.Cancel(side, price, id)
			}
		}
	}
	book.Trades = make([]Order, 0, patience)
	return book
}

// checksum returns a number that depends on every point of every trail.
func checksum[T any](world *World[T]) int {
	sum := 0
	for _, particle := range world.Particles {
		for _, height := range particle.Trail {
			sum = sum*31 + height
		}
	}
	return sum
}

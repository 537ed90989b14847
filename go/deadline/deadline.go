// Twin: crates/deadline/src/lib.rs

// Package deadline is a frame loop and an order book, both with a deadline.
package deadline

import "slices"

// Particle flies, lands and leaves a trail for as long as it lives.
type Particle[T any] struct {
	// Value is what it carries.
	Value T
	// Trail is its height in every frame until now.
	Trail               []int
	height, speed, life int
}

// World is a world of particles that moves in fixed steps of whole numbers.
type World[T any] struct {
	// Particles are the particles that live, the eldest first.
	Particles []Particle[T]
	spare     [][]int
	keep      bool
}

// NewWorld returns an empty world; it may keep the memory of what it releases.
func NewWorld[T any](keep bool) *World[T] {
	return &World[T]{keep: keep}
}

// Spawn adds a particle on the ground that lives for so many frames.
func (w *World[T]) Spawn(value T, speed, life int) {
	p := Particle[T]{Value: value, speed: speed, life: life}
	if n := len(w.spare); n > 0 {
		p.Trail, w.spare = w.spare[n-1], w.spare[:n-1]
	} else {
		p.Trail = make([]int, 0, life)
	}
	w.Particles = append(w.Particles, p)
}

// Step moves every particle by one frame.
func (w *World[T]) Step() {
	const gravity = 4
	for i := range w.Particles {
		p := &w.Particles[i]
		p.speed -= gravity
		p.height = max(p.height+p.speed, 0)
		p.Trail = append(p.Trail, p.height)
	}
}

// Release lets go of every particle whose time is over.
func (w *World[T]) Release() {
	// A trail is garbage from here on, for a collection in some later frame.
	w.Particles = slices.DeleteFunc(w.Particles, func(p Particle[T]) bool {
		over := len(p.Trail) >= p.life
		if over && w.keep {
			w.spare = append(w.spare, p.Trail[:0])
		}
		return over
	})
}

// Side is a side of the book.
type Side int

const (
	// SideBuy is who buys: the highest price comes first.
	SideBuy Side = iota
	// SideSell is who sells: the lowest price comes first.
	SideSell
)

// Order is an order, or a trade: the part of an order that was filled.
type Order struct {
	// ID is its number, higher than that of any earlier order.
	ID int
	// Price is the worst price that it accepts.
	Price int
	// Quantity is how much is to be traded, or was.
	Quantity int
}

// Book is a book of orders: the best price trades first, then the oldest order.
type Book struct {
	// Trades are the parts of waiting orders that were filled until now.
	Trades []Order
	sides  [2][]level
	keep   bool
}

// NewBook returns an empty book; it may keep the memory of emptied prices.
func NewBook(keep bool) *Book {
	return &Book{keep: keep}
}

// Place trades what can be traded at once, and lets the rest wait.
func (b *Book) Place(side Side, order Order) {
	rank, others := rank(side, order.Price), b.sides[1-side]
	for i := len(others) - 1; i >= 0 && others[i].rank <= -rank; i-- {
		b.Trades = others[i].fill(&order, b.Trades)
		if len(others[i].orders) == 0 && !b.keep {
			others[i].orders = nil
		}
	}
	if order.Quantity > 0 {
		level := b.level(side, rank)
		level.orders = append(level.orders, order)
	}
}

// Cancel takes an order away, and returns how much of it was left.
func (b *Book) Cancel(side Side, price, id int) (left int, found bool) {
	level := b.level(side, rank(side, price))
	isIt := func(order Order) bool { return order.ID == id }
	place := slices.IndexFunc(level.orders, isIt)
	if place < 0 {
		return 0, false
	}
	left = level.orders[place].Quantity
	level.orders = slices.Delete(level.orders, place, place+1)
	return left, true
}

// Orders returns the orders of a side, in the order in which they will trade.
func (b *Book) Orders(side Side) []Order {
	var orders []Order
	for _, level := range slices.Backward(b.sides[side]) {
		orders = append(orders, level.orders...)
	}
	return orders
}

// level is the orders at one price, the oldest first. The library has no sorted
// map: a side is a sorted slice, its best level last, where changes are cheap.
type level struct {
	rank   int
	orders []Order
}

func (l *level) fill(order *Order, trades []Order) []Order {
	for order.Quantity > 0 && len(l.orders) > 0 {
		maker := &l.orders[0]
		quantity := min(order.Quantity, maker.Quantity)
		order.Quantity -= quantity
		maker.Quantity -= quantity
		trades = append(trades, Order{maker.ID, maker.Price, quantity})
		if maker.Quantity == 0 {
			l.orders = slices.Delete(l.orders, 0, 1)
		}
	}
	return trades
}

func (b *Book) level(side Side, rank int) *level {
	down := func(l level, rank int) int { return rank - l.rank }
	i, found := slices.BinarySearchFunc(b.sides[side], rank, down)
	if !found {
		b.sides[side] = slices.Insert(b.sides[side], i, level{rank: rank})
	}
	return &b.sides[side][i]
}

// rank is the place of a price among those of its side: the best is the lowest.
func rank(side Side, price int) int {
	if side == SideBuy {
		return -price
	}
	return price
}

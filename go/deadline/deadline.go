// Twin: crates/deadline/src/lib.rs

// Package deadline is a frame loop and an order book, both with a deadline.
package deadline

import (
	"iter"
	"slices"
)

// Particle flies, lands and leaves a trail for as long as it lives.
type Particle[T any] struct {
	// Value is the value that it carries.
	Value T
	// Trail is its height in every frame until now.
	Trail               []int
	height, speed, life int
}

// World is a world of particles that moves in fixed steps of whole numbers.
type World[T any] struct {
	// Particles are the particles that live, the oldest first.
	Particles []Particle[T]
	spare     [][]int
	keep      bool
}

// NewWorld returns an empty world; it may keep the memory of what it releases.
func NewWorld[T any](keep bool) *World[T] {
	return &World[T]{keep: keep}
}

// Spawn adds a particle on the ground that lives for this many frames; a life
// below one is one.
func (w *World[T]) Spawn(value T, speed, life int) {
	life = max(life, 1)
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

// Release removes every particle whose time is over.
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
	// A heap of prices, and a queue of orders for each: see levels.go.
	sides [2]*levels
}

// NewBook returns an empty book; it may keep the memory of emptied prices.
func NewBook(keep bool) *Book {
	return &Book{sides: [2]*levels{newLevels(keep), newLevels(keep)}}
}

// Place trades what can be traded at once, and returns the rest, which waits.
//
// An order of no quantity does nothing. One that waits panics if its number is
// not higher than those that wait at its price.
func (b *Book) Place(side Side, order Order) int {
	rank := rank(side, order.Price)
	b.Trades = b.sides[1-side].fill(&order, ^rank, b.Trades)
	if order.Quantity > 0 {
		b.sides[side].add(rank, order)
	}
	return order.Quantity
}

// Cancel cancels an order, and returns how much of it was left.
func (b *Book) Cancel(side Side, price, id int) (left int, found bool) {
	return b.sides[side].cancel(rank(side, price), id)
}

// Waiting returns the number of orders that wait.
func (b *Book) Waiting() int {
	return b.sides[SideBuy].waiting + b.sides[SideSell].waiting
}

// Orders returns the orders of a side, in the order in which they will trade.
//
// If the book changes between two of them, the next one is a panic.
func (b *Book) Orders(side Side) iter.Seq[Order] {
	return b.sides[side].all()
}

// rank is the place of a price among those of its side: the best is the lowest.
// Not -price: the lowest number of all has no opposite.
func rank(side Side, price int) int {
	if side == SideBuy {
		return ^price
	}
	return price
}

// Twin: crates/deadline/src/levels.rs

package deadline

import (
	"cmp"
	"container/heap"
	"iter"
	"maps"
	"slices"
)

// levels are the orders of a side by the rank of their price; the lowest rank is the best price.
type levels struct {
	// The rank of every level; that of an emptied one stays for a while.
	ranks  ranks
	byRank map[int]*level
	// The emptied levels, if their memory is kept.
	spare   []*level
	keep    bool
	waiting int
	// How many orders and ranks were looked at: what the book costs, without a clock.
	steps int
}

// level is the orders at one price, the oldest first. One that was traded or cancelled has no quantity, and
// stays for a while: the library has no queue, so that a slice and the place of its first order are one.
type level struct {
	orders         []Order
	first, waiting int
}

func newLevels(keep bool) *levels {
	return &levels{byRank: map[int]*level{}, keep: keep}
}

// add lets an order wait.
func (l *levels) add(rank int, order Order) {
	at, ok := l.byRank[rank]
	if !ok {
		l.push(rank)
		at = l.newLevel()
		l.byRank[rank] = at
	}
	if n := len(at.orders); n > at.first && at.orders[n-1].ID >= order.ID {
		panic("an order's number has to be higher than those before it")
	}
	at.orders = append(at.orders, order)
	at.waiting++
	l.waiting++
	l.steps++
}

func (l *levels) newLevel() *level {
	n := len(l.spare)
	if n == 0 {
		// Room for a few at once, as Rust's queue begins.
		return &level{orders: make([]Order, 0, 4)}
	}
	spare := l.spare[n-1]
	l.spare = l.spare[:n-1]
	return spare
}

// fill trades an order with those that wait, the best rank first, up to this rank.
func (l *levels) fill(order *Order, worst int, trades []Order) []Order {
	for order.Quantity > 0 {
		rank, ok := l.best()
		if !ok || rank > worst {
			break
		}
		at := l.byRank[rank]
		waiting, first := at.waiting, at.first
		trades = at.fill(order, trades)
		l.waiting -= waiting - at.waiting
		l.steps += 1 + at.first - first
		l.tidy(rank, at)
	}
	return trades
}

// cancel takes an order away, and returns how much of it was left.
func (l *levels) cancel(rank, id int) (left int, found bool) {
	at, ok := l.byRank[rank]
	if !ok {
		return 0, false
	}
	byID := func(order Order, id int) int { return cmp.Compare(order.ID, id) }
	place, ok := slices.BinarySearchFunc(at.orders[at.first:], id, byID)
	if !ok || at.orders[at.first+place].Quantity == 0 {
		return 0, false
	}
	order := &at.orders[at.first+place]
	left, order.Quantity = order.Quantity, 0
	at.waiting--
	l.waiting--
	l.steps++
	l.tidy(rank, at)
	return left, true
}

// all returns the orders, in the order in which they will trade.
func (l *levels) all() iter.Seq[Order] {
	return func(yield func(Order) bool) {
		// Every change takes steps: no compiler refuses one while somebody walks the orders.
		steps := l.steps
		for _, rank := range slices.Sorted(maps.Keys(l.byRank)) {
			for _, order := range l.byRank[rank].orders {
				if order.Quantity > 0 && !yield(order) {
					return
				}
				if l.steps != steps {
					panic("deadline: the book changed while it was walked")
				}
			}
		}
	}
}

// best returns the lowest rank that has a level.
func (l *levels) best() (rank int, ok bool) {
	for len(l.ranks) > 0 {
		if _, ok := l.byRank[l.ranks[0]]; ok {
			return l.ranks[0], true
		}
		l.pop()
		l.steps++
	}
	return 0, false
}

// tidy removes a level that is empty. What is gone is swept out once it is more than what is left, so that
// a sweep costs no more than what it takes out.
func (l *levels) tidy(rank int, at *level) {
	if at.waiting == 0 {
		delete(l.byRank, rank)
		if l.keep {
			at.orders, at.first = at.orders[:0], 0
			l.spare = append(l.spare, at)
		}
	} else if len(at.orders) > 2*at.waiting {
		l.steps += len(at.orders)
		at.orders = slices.DeleteFunc(at.orders, func(order Order) bool { return order.Quantity == 0 })
		at.first = 0
	} else {
		at.orders = at.orders[:at.behindLast()]
	}
	if len(l.ranks) > 2*len(l.byRank) {
		l.steps += len(l.ranks)
		l.ranks = l.ranks[:0]
		for rank := range l.byRank {
			l.ranks = append(l.ranks, rank)
		}
		heap.Init(&l.ranks)
	}
}

// push adds a rank. heap.Push takes a value of any type, for which each rank would need a block of its own.
func (l *levels) push(rank int) {
	l.ranks = append(l.ranks, rank)
	heap.Fix(&l.ranks, len(l.ranks)-1)
}

// pop takes the lowest rank off, in the same way.
func (l *levels) pop() {
	last := len(l.ranks) - 1
	l.ranks.Swap(0, last)
	l.ranks = l.ranks[:last]
	if last > 0 {
		heap.Fix(&l.ranks, 0)
	}
}

// behindLast is the place behind the last order that waits: what was cancelled there holds no number back.
func (l *level) behindLast() int {
	end := len(l.orders)
	for end > l.first && l.orders[end-1].Quantity == 0 {
		end--
	}
	return end
}

func (l *level) fill(order *Order, trades []Order) []Order {
	for order.Quantity > 0 && l.first < len(l.orders) {
		maker := &l.orders[l.first]
		quantity := min(order.Quantity, maker.Quantity)
		if quantity > 0 {
			trades = append(trades, Order{maker.ID, maker.Price, quantity})
			if quantity == maker.Quantity {
				l.waiting--
			}
		}
		order.Quantity -= quantity
		maker.Quantity -= quantity
		if maker.Quantity == 0 {
			l.first++
		}
	}
	return trades
}

// ranks is a heap of ranks, the lowest on top.
type ranks []int

func (r ranks) Len() int           { return len(r) }
func (r ranks) Less(i, j int) bool { return r[i] < r[j] }
func (r ranks) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }

// Push and Pop are what heap.Interface asks for beside these.
func (r *ranks) Push(rank any) { *r = append(*r, rank.(int)) }
func (r *ranks) Pop() any {
	last := len(*r) - 1
	rank := (*r)[last]
	*r = (*r)[:last]
	return rank
}

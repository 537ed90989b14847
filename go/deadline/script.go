// Twin: crates/deadline/src/script.rs

package deadline

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"memory.example/pairs/pair"
)

// Operations are the operations of scripts, over counted particles.
var Operations = []pair.Operation{
	{
		Word:     "births",
		Operands: []pair.Operand{pair.Whole("NUMBER", 0, 500)},
		Says:     "sets how many particles each frame adds, at first 10",
	},
	{
		Word:     "frame",
		Operands: []pair.Operand{pair.Whole("NUMBER", 1, 300)},
		Part:     pair.PartReleases,
		Says:     "runs this many frames: each adds particles, moves all and releases those whose trail is as long as their life; a particle counts as 384 bytes, has height 0, life 32 - lot(16) and then speed lot(128), moves by speed - 4 to a height of 0 at least and adds the height to its trail; lot(N) is (s >> 33) mod N, with s = s * 6364136223846793005 + 1442695040888963407 in 64 bits before each, from 1",
	},
	{
		Word: "particles",
		Says: "prints the number of flying particles, and a checksum of their trails, the eldest's first: sum * 31 + height for each height, in 64 bits with a sign",
	},
	{
		Word: "settle",
		Part: pair.PartSettles,
		Says: "waits until everything released is freed",
	},
	{
		Word: "alive",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of live particles",
	},
	{
		Word: "freed",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of freed particles",
	},
	{
		Word:     "buy",
		Operands: []pair.Operand{pair.Whole("PRICE", 1, 1_000_000), pair.Whole("QUANTITY", 1, 1_000_000)},
		Says:     "places an order that pays PRICE or less, and prints its trades, at the price of the one that waited, and what is left, which waits; refused if 10000 orders wait",
	},
	{
		Word:     "sell",
		Operands: []pair.Operand{pair.Whole("PRICE", 1, 1_000_000), pair.Whole("QUANTITY", 1, 1_000_000)},
		Says:     "places an order that accepts PRICE or more, and prints its trades, at the price of the one that waited, and what is left, which waits; refused if 10000 orders wait",
	},
	{
		Word:     "cancel",
		Operands: []pair.Operand{pair.ID("ORDER")},
		Says:     "cancels an order that waits, and prints how much of it was left; orders are numbered from 1",
	},
	{
		Word:     "book",
		Operands: []pair.Operand{pair.Whole("DEPTH", 1, 100)},
		Says:     "prints the orders that are next to trade, DEPTH of each side, the best prices in the middle, and how many wait",
	},
	{
		Word: "trades",
		Says: "prints the number of trades, their quantity and their cost",
	},
	{
		Word:     "market",
		Operands: []pair.Operand{pair.Whole("ORDERS", 1, 100_000), pair.Whole("SEED", 0, 1_000_000_000)},
		Says:     "sends orders, numbered from 0, to a book of their own, and prints the result: each has side lot(2), 0 buys, price 968 + lot(64) and quantity 1 + lot(100), from s = SEED, and before it the order 1000 earlier is cancelled",
	},
}

// particleBytes is what a script keeps alive in a particle with its trail, for the limit of bytes.
const particleBytes = 384

// maxOrders is how many orders may wait in a script's book.
const maxOrders = 10_000

// counting is a world whose particles report when they are freed.
type counting = World[*pair.Counted[int]]

// Demo shows a second of frames, a small book and a market.
func Demo(out *pair.Out) error {
	tally := pair.NewTally()
	world := &counting{}
	feed := newFeed(1)
	for range 60 {
		frame(feed, world, 10, func() *pair.Counted[int] { return pair.NewCounted(tally, 0) })
	}
	pair.Settle()
	out.Line("one second: %d particles made, %d of them freed", tally.Made(), tally.Freed())
	out.Line("in flight: %d, checksum %d", len(world.Particles), checksum(world))

	book := NewBook(false)
	book.Place(SideSell, Order{ID: 1, Price: 102, Quantity: 5})
	book.Place(SideSell, Order{ID: 2, Price: 101, Quantity: 5})
	book.Place(SideSell, Order{ID: 3, Price: 101, Quantity: 5})
	book.Place(SideBuy, Order{ID: 4, Price: 101, Quantity: 7})
	for _, trade := range book.Trades {
		out.Line("bought %d at %d from order %d", trade.Quantity, trade.Price, trade.ID)
	}
	var waiting []string
	for order := range book.Orders(SideSell) {
		waiting = append(waiting, fmt.Sprintf("%d at %d", order.Quantity, order.Price))
	}
	out.Line("still for sale: %s", strings.Join(waiting, ", "))
	market(out, 10_000, 1)
	return nil
}

// market sends random orders to a book of their own.
func market(out *pair.Out, orders, seed int) {
	book := NewBook(false)
	feed := newFeed(seed)
	var total total
	for range orders {
		feed.order(book)
		total.take(book)
	}
	out.Line("%d orders: %v, %d wait", orders, total, book.Waiting())
}

// Replay performs a script.
func Replay(script *pair.Script, out *pair.Out) error {
	desk := &desk{
		births: 10,
		tally:  script.Tally(),
		feed:   newFeed(1),
		world:  &counting{},
		book:   NewBook(false),
	}
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		if err := desk.perform(script, line, out); err != nil {
			return err
		}
	}
}

// desk is what a script works on.
type desk struct {
	births int
	tally  *pair.Tally
	feed   *feed
	world  *counting
	book   *Book
	placed []placed
	total  total
}

// placed is the side and the price of an order, whatever became of it.
type placed struct {
	side  Side
	price int
}

func (d *desk) perform(script *pair.Script, line *pair.Line, out *pair.Out) error {
	switch line.Word {
	case "births":
		d.births = line.Whole(0)
	case "frame":
		return d.frame(script, line.Whole(0))
	case "particles":
		out.Line("%d particles, checksum %d", len(d.world.Particles), checksum(d.world))
	case "settle":
	case "alive":
		out.Line("%d alive", d.tally.Alive())
	case "freed":
		out.Line("%d freed", d.tally.Freed())
	case "buy":
		return d.place(script, SideBuy, line.Whole(0), line.Whole(1), out)
	case "sell":
		return d.place(script, SideSell, line.Whole(0), line.Whole(1), out)
	case "cancel":
		return d.cancel(script, line.Whole(0), out)
	case "book":
		d.tellBook(line.Whole(0), out)
	case "trades":
		out.Line("%v", d.total)
	case "market":
		market(out, line.Whole(0), line.Whole(1))
	default:
		return script.Unknown(line.Word)
	}
	return nil
}

func (d *desk) frame(script *pair.Script, frames int) error {
	births := frames * d.births
	if err := script.Hold(births, births*particleBytes); err != nil {
		return err
	}
	before := len(d.world.Particles)
	for range frames {
		frame(d.feed, d.world, d.births, func() *pair.Counted[int] { return pair.NewCounted(d.tally, 0) })
	}
	gone := before + births - len(d.world.Particles)
	script.Release(gone, gone*particleBytes)
	return nil
}

func (d *desk) place(script *pair.Script, side Side, price, quantity int, out *pair.Out) error {
	if d.book.Waiting() == maxOrders {
		return script.Refuse("more than %d orders wait", maxOrders)
	}
	d.placed = append(d.placed, placed{side, price})
	id := len(d.placed)
	left := d.book.Place(side, Order{ID: id, Price: price, Quantity: quantity})
	for _, trade := range d.book.Trades {
		out.Line("%d at %d with order %d", trade.Quantity, trade.Price, trade.ID)
	}
	d.total.take(d.book)
	out.Line("order %d: %d left", id, left)
	return nil
}

func (d *desk) cancel(script *pair.Script, id int, out *pair.Out) error {
	if id <= len(d.placed) {
		order := d.placed[id-1]
		if left, ok := d.book.Cancel(order.side, order.price, id); ok {
			out.Line("cancelled %d", left)
			return nil
		}
	}
	return script.Refuse("order %d does not wait", id)
}

// tellBook tells both sides; their best prices meet in the middle.
func (d *desk) tellBook(depth int, out *pair.Out) {
	sells := first(d.book.Orders(SideSell), depth)
	for _, o := range slices.Backward(sells) {
		out.Line("sell %d at %d, order %d", o.Quantity, o.Price, o.ID)
	}
	for _, o := range first(d.book.Orders(SideBuy), depth) {
		out.Line("buy %d at %d, order %d", o.Quantity, o.Price, o.ID)
	}
	out.Line("%d orders wait", d.book.Waiting())
}

// first returns this many of the orders.
func first(orders iter.Seq[Order], count int) []Order {
	var found []Order
	for order := range orders {
		if found = append(found, order); len(found) == count {
			break
		}
	}
	return found
}

// total is what was traded in all.
type total struct {
	trades, quantity, cost int
}

// take adds the book's new trades, and takes them.
func (t *total) take(book *Book) {
	for _, trade := range book.Trades {
		t.trades++
		t.quantity += trade.Quantity
		t.cost += trade.Price * trade.Quantity
	}
	book.Trades = nil
}

func (t total) String() string {
	return fmt.Sprintf("%d trades, %d moved for %d", t.trades, t.quantity, t.cost)
}

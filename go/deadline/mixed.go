// Twin: crates/deadline/src/mixed.rs

package deadline

import (
	"slices"
	"time"

	"memory.example/pairs/pair"
)

// perWindow is how many orders are meant to start in 100 ms.
const perWindow = int(100 * time.Millisecond / between)

// fewest is how many orders of each kind a window needs: twenty lie beyond its p99.
const fewest = 2000

// apart is by how much two percentiles of a window have to differ.
const apart = 10 * time.Microsecond

// exchange is a book and what it is fed, and how the next order is made ready for.
type exchange struct {
	feed *feed
	book *Book
	next func(*Book)
}

// exchanges are one whose orders have memory of their own and one on memory held beforehand; lots decides which of
// them the next order goes to.
type exchanges struct {
	both [2]exchange
	lots *feed
}

func newExchanges() *exchanges {
	return &exchanges{
		both: [2]exchange{
			{newFeed(1), newBook(), dropTrades},
			{newFeed(1), heldBook(), keep},
		},
		lots: newFeed(2),
	}
}

// send sends an order to this exchange; it returns the money that changed hands.
func (m *exchanges) send(kind int) int {
	exchange := &m.both[kind]
	return send(exchange.feed, exchange.book, exchange.next)
}

// measureMixed sends each order when it is due. What is late because the order before took too long is left out
// of both kinds.
func measureMixed(bench *pair.Bench) error {
	bench.Answer(sendMixed(newExchanges(), bench.Scale))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		exchanges, windows, money := newExchanges(), newWindows(), 0
		start := time.Now()
		for number := range bench.Scale {
			due := between * time.Duration(number+1)
			kind := exchanges.lots.below(2)
			queued := time.Since(start) > due
			for time.Since(start) < due {
				// A sleeper wakes up late.
			}
			money += exchanges.send(kind)
			windows.record(number, kind, queued, time.Since(start)-due)
		}
		windows.report(sample)
		sample.Answers(money)
		bench.Report(sample)
	}
	return nil
}

// sendMixed sends orders back to back; it returns the money that changed hands.
func sendMixed(exchanges *exchanges, count int) int {
	money := 0
	for range count {
		money += exchanges.send(exchanges.lots.below(2))
	}
	return money
}

// windows compare fresh memory with held memory, 100 ms by 100 ms.
type windows struct {
	// at hand are the times of the window, by kind.
	atHand      [2][]time.Duration
	window      int
	all         [2]*pair.Latencies
	queued      *pair.Latencies
	differences []time.Duration
}

func newWindows() *windows {
	// As many as a window may have, so that recording allocates nothing.
	times := func() []time.Duration { return make([]time.Duration, 0, perWindow) }
	return &windows{
		atHand: [2][]time.Duration{times(), times()},
		all:    [2]*pair.Latencies{pair.NewLatencies(), pair.NewLatencies()},
		queued: pair.NewLatencies(),
	}
}

func (w *windows) record(number, kind int, queued bool, took time.Duration) {
	if window := number / perWindow; window != w.window {
		w.close()
		w.window = window
	}
	if queued {
		w.queued.Record(took)
		return
	}
	w.atHand[kind] = append(w.atHand[kind], took)
	w.all[kind].Record(took)
}

// close ends the window at hand; one with too few orders tells nothing.
func (w *windows) close() {
	fresh, held := w.atHand[0], w.atHand[1]
	if min(len(fresh), len(held)) >= fewest {
		w.differences = append(w.differences, p99(fresh)-p99(held))
	}
	w.atHand = [2][]time.Duration{fresh[:0], held[:0]}
}

func (w *windows) report(sample *pair.Sample) {
	w.close()
	slices.Sort(w.differences)
	slower := 0
	faster := 0
	for _, difference := range w.differences {
		if difference > apart {
			slower++
		} else if difference < -apart {
			faster++
		}
	}
	sample.Set("windows", len(w.differences))
	sample.Set("fresh_slower_windows", slower)
	sample.Set("held_slower_windows", faster)
	if len(w.differences) > 0 {
		sample.Set("window_ns", w.differences[len(w.differences)/2].Nanoseconds())
	}
	sample.SetLatencies("order_ns", w.all[0])
	sample.SetLatencies("order_held_ns", w.all[1])
	sample.SetLatencies("queued_ns", w.queued)
}

// p99 returns the smallest time that 99 of 100 do not exceed; it sorts them.
func p99(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[(99*len(times)+99)/100-1]
}

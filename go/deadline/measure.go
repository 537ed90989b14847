// Twin: crates/deadline/src/measure.rs

package deadline

import (
	"runtime"
	"time"

	"memory.example/pairs/pair"
)

// Cases are the measured cases.
var Cases = []pair.Case{
	{
		Name:  "orders",
		Unit:  "ns",
		Says:  "sends SCALE orders back to back, each with a list of trades of its own",
		Scale: 100_000,
		Max:   10_000_000,
		Run:   measureOrders,
	},
	{
		Name:  "order",
		Unit:  "ns",
		Says:  "sends SCALE orders, 100000 a second, each timed from when it was meant to start",
		Scale: 100_000,
		Max:   10_000_000,
		Run:   func(bench *pair.Bench) error { return timeOrders(bench, newBook, dropTrades) },
	},
	{
		Name:  "order_held",
		Unit:  "ns",
		Says:  "sends the same orders on memory held beforehand",
		Scale: 100_000,
		Max:   10_000_000,
		Run:   func(bench *pair.Bench) error { return timeOrders(bench, heldBook, keep) },
	},
	{
		Name:  "order_mixed",
		Unit:  "ns",
		Says:  "sends SCALE orders, 100000 a second, on fresh or held memory by chance; compares both each 100 ms",
		Scale: 200_000,
		Max:   10_000_000,
		Run:   measureMixed,
	},
	{
		Name:  "frames",
		Unit:  "ns",
		Says:  "runs SCALE frames back to back, 100 births in each; times frames, and releases in them",
		Scale: 20_000,
		Max:   1_000_000,
		Run:   func(bench *pair.Bench) error { return timeFrames(bench, newWorld) },
	},
	{
		Name:  "frames_held",
		Unit:  "ns",
		Says:  "runs the same frames on memory held beforehand",
		Scale: 20_000,
		Max:   1_000_000,
		Run:   func(bench *pair.Bench) error { return timeFrames(bench, newHeldWorld) },
	},
}

// births is how many particles are born in a frame.
const births = 100

// frameTime is the time of a frame, 60 in a second.
const frameTime = time.Second / 60

// between is the time from one order to the next.
const between = 10 * time.Microsecond

func measureOrders(bench *pair.Bench) error {
	bench.Answer(sendAll(newBook(), bench.Scale, dropTrades))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = sendAll(newBook(), bench.Scale, dropTrades) })
		sample.Answers(answer)
		bench.Report(sample)
	}
	return nil
}

// timeOrders sends each order when it is due, or at once if the one before has taken too long.
func timeOrders(bench *pair.Bench, newBook func() *Book, next func(*Book)) error {
	bench.Answer(sendAll(newBook(), bench.Scale, next))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		feed, book := newFeed(1), newBook()
		latencies, money := pair.NewLatencies(), 0
		start := time.Now()
		for number := range bench.Scale {
			due := between * time.Duration(number)
			for time.Since(start) < due {
				// A sleeper wakes up late.
			}
			money += send(feed, book, next)
			latencies.Record(time.Since(start) - due)
		}
		sample.SetLatencies("order_ns", latencies)
		sample.Answers(money)
		bench.Report(sample)
	}
	return nil
}

// sendAll sends orders back to back; it returns the money that changed hands.
func sendAll(book *Book, count int, next func(*Book)) int {
	feed, money := newFeed(1), 0
	for range count {
		money += send(feed, book, next)
	}
	return money
}

// send sends one order, makes ready for the next; it returns the money that changed hands.
func send(feed *feed, book *Book, next func(*Book)) int {
	feed.order(book)
	money := 0
	for _, trade := range book.Trades {
		money += trade.Price * trade.Quantity
	}
	next(book)
	return money
}

func newBook() *Book {
	return NewBook(false)
}

// dropTrades gives the next order a list of trades of its own.
func dropTrades(book *Book) {
	book.Trades = nil
}

// keep gives the next order the same list of trades.
func keep(book *Book) {
	book.Trades = book.Trades[:0]
}

// timeFrames times each frame as a whole by the clock, and the release in it by the CPU time of its
// thread.
func timeFrames(bench *pair.Bench, newWorld func() *World[struct{}]) error {
	bench.Answer(run(newWorld(), bench.Scale, func(_, _ time.Duration) {}))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		world := newWorld()
		frames, releases := pair.NewLatencies(), pair.NewLatencies()
		missed := 0
		sum := run(world, bench.Scale, func(frame, release time.Duration) {
			frames.Record(frame)
			releases.Record(release)
			if frame > frameTime {
				missed++
			}
		})
		sample.Answers(sum)
		sample.SetLatencies("frame_ns", frames)
		sample.SetLatencies("release_thread_ns", releases)
		sample.Set("missed", missed)
		bench.Report(sample)
	}
	return nil
}

// run runs frames and tells of each how long it took, and the release in it; it returns the checksum.
func run(world *World[struct{}], count int, record func(frame, release time.Duration)) int {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	feed := newFeed(1)
	for range count {
		start := time.Now()
		spawn(feed, world, births, func() struct{} { return struct{}{} })
		world.Step()
		cpu := pair.ThreadCPU()
		world.Release()
		release := pair.ThreadCPU() - cpu
		record(time.Since(start), release)
	}
	return checksum(world)
}

func newWorld() *World[struct{}] {
	return NewWorld[struct{}](false)
}

func newHeldWorld() *World[struct{}] {
	return heldWorld(births)
}

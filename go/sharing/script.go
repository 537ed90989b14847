// Twin: crates/sharing/src/script.rs

package sharing

import (
	"fmt"
	"slices"
	"sync/atomic"

	"memory.example/pairs/pair"
)

// Operations are the operations of scripts, over counted values.
var Operations = []pair.Operation{
	{
		Word:     "share",
		Operands: []pair.Operand{pair.Whole("WORKERS", 1, 64)},
		Says:     "makes a value, which counts as 64 bytes, and starts workers that share it, and prints their numbers, the first and the last; values and workers are numbered from 1, and 64 workers may live",
	},
	{
		Word:     "clone",
		Operands: []pair.Operand{pair.ID("WORKER")},
		Says:     "starts another worker that shares the worker's value; refused if 64 workers live",
	},
	{
		Word:     "work",
		Operands: []pair.Operand{pair.ID("VALUE"), pair.Whole("ROUNDS", 1, 10_000)},
		Says:     "makes all workers of a value add 1 to it ROUNDS times, all at once, and prints the value",
	},
	{
		Word:     "count",
		Operands: []pair.Operand{pair.ID("VALUE")},
		Says:     "prints how many workers share a value, by their answers",
	},
	{
		Word:     "drop",
		Operands: []pair.Operand{pair.ID("WORKER")},
		Part:     pair.PartReleases,
		Says:     "ends a worker, which releases its value, and prints how many workers of the value are left",
	},
	{
		Word: "settle",
		Part: pair.PartSettles,
		Says: "waits until everything released is freed",
	},
	{
		Word: "alive",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of live values",
	},
	{
		Word: "freed",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of freed values",
	},
}

// valueBytes is what a script keeps alive in a value, for the limit of bytes.
const valueBytes = 64

// maxWorkers is how many workers a script may have at once.
const maxWorkers = 64

// sum is a number to which the workers add, and it tells when it is freed.
type sum = pair.Counted[atomic.Int64]

// Demo shows two goroutines that are waited for, and a value freed after its last worker.
func Demo(out *pair.Out) error {
	data := "shared"
	read := Share(&data, 2, func(worker int, data *string) string {
		return fmt.Sprintf("worker %d read %q", worker, *data)
	})
	for _, line := range read {
		out.Line("%s", line)
	}

	tally := pair.NewTally()
	value := pair.NewCounted(tally, atomic.Int64{})
	first, second := StartWorker(value), StartWorker(value)
	// From here on main does not use the value: for the collector, main has released it.
	sums := []<-chan int{Ask(first, add(1000)), Ask(second, add(1000))}
	for _, sum := range sums {
		<-sum
	}
	out.Line("sum of both workers: %d", <-Ask(first, add(0)))

	first.Close()
	pair.Settle()
	out.Line("freed after the first worker: %d of %d", tally.Freed(), tally.Made())
	second.Close()
	pair.Settle()
	out.Line("freed after the last worker: %d of %d", tally.Freed(), tally.Made())
	return nil
}

// add adds 1 this many times, and tells the sum.
func add(rounds int) func(*sum) int {
	return func(sum *sum) int {
		for range rounds {
			sum.Value.Add(1)
		}
		return int(sum.Value.Load())
	}
}

// Replay performs a script.
func Replay(script *pair.Script, out *pair.Out) error {
	shop := &shop{tally: script.Tally()}
	defer shop.close()
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		if err := shop.perform(script, line, out); err != nil {
			return err
		}
		script.Link(shop.draw)
	}
}

// shop holds workers in the order of their numbers, and only they hold the values.
type shop struct {
	tally           *pair.Tally
	values, started int
	staff           []staff
}

// staff is a worker, its number, and the number of the value that it shares.
type staff struct {
	id, value int
	worker    *Worker[sum]
}

func (s *shop) perform(script *pair.Script, line *pair.Line, out *pair.Out) error {
	switch line.Word {
	case "share":
		return s.share(script, line.Whole(0), out)
	case "clone":
		return s.clone(script, line.Whole(0), out)
	case "drop":
		return s.drop(script, line.Whole(0), out)
	case "settle":
		return nil
	case "alive":
		out.Line("%d alive", s.tally.Alive())
		return nil
	case "freed":
		out.Line("%d freed", s.tally.Freed())
		return nil
	}
	workers := s.sharers(line.Whole(0))
	if len(workers) == 0 {
		return script.NotAlive(line.Whole(0))
	}
	switch line.Word {
	case "work":
		var sums []<-chan int
		for _, worker := range workers {
			sums = append(sums, Ask(worker, add(line.Whole(1))))
		}
		for _, sum := range sums {
			<-sum
		}
		out.Line("value %d: %d", line.Whole(0), <-Ask(workers[0], add(0)))
	case "count":
		out.Line("%d workers", answering(workers))
	default:
		return script.Unknown(line.Word)
	}
	return nil
}

func (s *shop) share(script *pair.Script, workers int, out *pair.Out) error {
	if err := s.room(script, workers); err != nil {
		return err
	}
	if err := script.Hold(1, valueBytes); err != nil {
		return err
	}
	s.values++
	first := s.started + 1
	value := pair.NewCounted(s.tally, atomic.Int64{})
	for range workers {
		s.start(s.values, value)
	}
	out.Line("value %d: workers %d to %d", s.values, first, s.started)
	return nil
}

func (s *shop) clone(script *pair.Script, worker int, out *pair.Out) error {
	place, err := s.find(script, worker)
	if err != nil {
		return err
	}
	if err := s.room(script, 1); err != nil {
		return err
	}
	staff := s.staff[place]
	s.start(staff.value, <-Ask(staff.worker, func(sum *sum) *sum { return sum }))
	out.Line("worker %d shares value %d", s.started, staff.value)
	return nil
}

func (s *shop) drop(script *pair.Script, worker int, out *pair.Out) error {
	place, err := s.find(script, worker)
	if err != nil {
		return err
	}
	value := s.staff[place].value
	s.staff[place].worker.Close()
	s.staff = slices.Delete(s.staff, place, place+1)
	left := s.sharers(value)
	if len(left) == 0 {
		script.Release(1, valueBytes)
	}
	out.Line("%d workers left", answering(left))
	return nil
}

// draw draws the handles of the workers.
func (s *shop) draw(links *pair.Links) {
	for _, staff := range s.staff {
		links.HoldThrough(fmt.Sprintf("worker %d", staff.id), staff.value)
	}
}

func (s *shop) start(value int, handle *sum) {
	s.started++
	s.staff = append(s.staff, staff{s.started, value, StartWorker(handle)})
}

func (s *shop) room(script *pair.Script, workers int) error {
	if len(s.staff)+workers > maxWorkers {
		return script.Refuse("more than %d workers", maxWorkers)
	}
	return nil
}

func (s *shop) find(script *pair.Script, worker int) (int, error) {
	place := slices.IndexFunc(s.staff, func(s staff) bool { return s.id == worker })
	if place < 0 {
		return 0, script.Refuse("worker %d has ended or never was", worker)
	}
	return place, nil
}

// sharers returns the workers of a value.
func (s *shop) sharers(value int) []*Worker[sum] {
	var workers []*Worker[sum]
	for _, staff := range s.staff {
		if staff.value == value {
			workers = append(workers, staff.worker)
		}
	}
	return workers
}

// answering counts those of the workers that have the value: each is asked to add nothing to it.
func answering(workers []*Worker[sum]) int {
	var sums []<-chan int
	for _, worker := range workers {
		sums = append(sums, Ask(worker, add(0)))
	}
	count := 0
	for _, sum := range sums {
		if _, ok := <-sum; ok {
			count++
		}
	}
	return count
}

// close ends all workers.
func (s *shop) close() {
	for _, staff := range s.staff {
		staff.worker.Close()
	}
}

// Twin: crates/reclaim/src/script.rs

package reclaim

import (
	"iter"
	"strconv"

	"memory.example/pairs/pair"
)

// Operations are the operations of scripts.
var Operations = []pair.Operation{
	{
		Word:     "window",
		Operands: []pair.Operand{pair.Whole("PLACES", 1, 1_000_000)},
		Part:     pair.PartReleases,
		Says:     "changes how many places the window has, 1000 at first; the newest numbers stay, whether released or not",
	},
	{
		Word:     "alloc",
		Operands: []pair.Operand{pair.Whole("SIZE", 1, maxSize)},
		Part:     pair.PartReleases,
		Says:     "makes a buffer of SIZE bytes, which count before the buffer in its place is released, and prints its number; numbers go up from 1, and each byte is the number mod 256",
	},
	{
		Word:     "allocs",
		Operands: []pair.Operand{pair.Whole("COUNT", 1, 1_000_000), pair.Whole("SIZE", 1, maxSize)},
		Part:     pair.PartReleases,
		Says:     "does the same COUNT times, and prints the first and the last number",
	},
	{
		Word:     "scope",
		Operands: []pair.Operand{pair.Whole("COUNT", 1, 1_000_000), pair.Whole("SIZE", 1, maxSize)},
		Part:     pair.PartReleases,
		Says:     "makes COUNT buffers beside the window, which count all at once, sums each and releases it before the next, and prints how many were used; the bytes of the first are 1, as above",
	},
	{
		Word:     "release",
		Operands: []pair.Operand{pair.ID("BUFFER")},
		Part:     pair.PartReleases,
		Says:     "releases a buffer of the window before its turn",
	},
	{
		Word: "clear",
		Part: pair.PartReleases,
		Says: "releases all buffers of the window",
	},
	{
		Word: "settle",
		Part: pair.PartSettles,
		Says: "waits until everything released is freed",
	},
	{
		Word: "live",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of live buffers",
	},
	{
		Word: "freed",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of freed buffers",
	},
	{
		Word:     "show",
		Operands: []pair.Operand{pair.ID("BUFFER")},
		Says:     "prints the size of a buffer and the sum of its bytes",
	},
	{
		Word: "sum",
		Says: "prints how many buffers the window keeps and the sum of all their bytes",
	},
}

// maxSize is the largest buffer of a script.
const maxSize = 16 << 20

// places is the window of a script that says nothing else.
const places = 1000

// counting is a buffer that tells when it is freed; nil stands for an empty place.
type counting = *pair.Counted[[]byte]

// Demo prints what the section shows.
func Demo(out *pair.Out) error {
	tally := pair.NewTally()
	newData := func() counting { return pair.NewCounted(tally, Filled(1024, 1)) }
	total := 0
	AllocateData(100_000, newData, func(data counting) { total += Sum(data.Value) })
	pair.Settle()
	out.Line("bytes written in %d scopes: %d", tally.Made(), total)
	out.Line("freed behind them: %d", tally.Freed())

	window := NewWindow[counting](1000)
	for range 10_000 {
		window.Keep(newData())
	}
	pair.Settle()
	alive := func(what string) { out.Line("alive %s: %d", what, tally.Alive()) }
	alive("in a window of 1000, after 10000 buffers")
	window.Release(window.Made())
	pair.Settle()
	alive("after the newest was released")
	window.Resize(10)
	pair.Settle()
	alive("in a window of 10")
	window.Clear()
	pair.Settle()
	alive("in the end")
	return nil
}

// Replay performs a script.
func Replay(script *pair.Script, out *pair.Out) error {
	buffers := &buffers{script.Tally(), NewWindow[counting](places)}
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		if err := buffers.perform(script, line, out); err != nil {
			return err
		}
	}
}

type buffers struct {
	tally  *pair.Tally
	window *Window[counting]
}

func (b *buffers) perform(script *pair.Script, line *pair.Line, out *pair.Out) error {
	switch line.Word {
	case "window":
		b.release(script, b.window.Made()-line.Whole(0))
		b.window.Resize(line.Whole(0))
	case "alloc":
		if err := b.alloc(script, line.Whole(0)); err != nil {
			return err
		}
		out.Line("buffer %d", b.window.Made())
	case "allocs":
		first := b.window.Made() + 1
		for range line.Whole(0) {
			if err := b.alloc(script, line.Whole(1)); err != nil {
				return err
			}
		}
		out.Line("buffers %d to %d", first, b.window.Made())
	case "scope":
		return b.scope(script, line.Whole(0), line.Whole(1), out)
	case "release":
		data, err := b.buffer(script, line.Whole(0))
		if err != nil {
			return err
		}
		script.Release(1, len(data))
		b.window.Release(line.Whole(0))
	case "clear":
		b.release(script, b.window.Made())
		b.window.Clear()
	case "settle":
	case "live":
		out.Line("%d live", b.tally.Alive())
	case "freed":
		out.Line("%d freed", b.tally.Freed())
	case "show":
		data, err := b.buffer(script, line.Whole(0))
		if err != nil {
			return err
		}
		out.Line("size %d, sum %d", len(data), Sum(data))
	case "sum":
		count, total := 0, 0
		for data := range b.kept(b.window.Made()) {
			count++
			total += Sum(data)
		}
		out.Line("%d kept, sum %d", count, total)
	default:
		return script.Unknown(line.Word)
	}
	return nil
}

func (b *buffers) alloc(script *pair.Script, size int) error {
	if err := script.Hold(1, size); err != nil {
		return err
	}
	number := b.window.Made() + 1
	b.release(script, number-b.window.Size())
	b.window.Keep(pair.NewNamed(b.tally, strconv.Itoa(number), Filled(size, byte(number))))
	return nil
}

func (b *buffers) scope(script *pair.Script, count, size int, out *pair.Out) error {
	if err := script.Hold(count, count*size); err != nil {
		return err
	}
	used, total, number := 0, 0, 0
	newData := func() counting {
		number++
		return pair.NewNamed(b.tally, "scope", Filled(size, byte(number)))
	}
	AllocateData(count, newData, func(data counting) {
		used++
		total += Sum(data.Value)
	})
	script.Release(count, count*size)
	out.Line("%d used, sum %d", used, total)
	return nil
}

// release counts the buffers up to this number as released.
func (b *buffers) release(script *pair.Script, last int) {
	for data := range b.kept(last) {
		script.Release(1, len(data))
	}
}

// kept yields the buffers that the window still keeps, up to this number.
func (b *buffers) kept(last int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		first := max(b.window.Made()-b.window.Size(), 0) + 1
		for number := first; number <= last; number++ {
			data, _ := b.window.Get(number)
			if data != nil && !yield(data.Value) {
				return
			}
		}
	}
}

func (b *buffers) buffer(script *pair.Script, number int) ([]byte, error) {
	data, _ := b.window.Get(number)
	if data == nil {
		return nil, script.NotAlive(number)
	}
	return data.Value, nil
}

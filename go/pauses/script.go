// Twin: crates/pauses/src/script.rs

package pauses

import (
	"strconv"
	"strings"

	"memory.example/pairs/pair"
)

// Operations are the operations of scripts.
var Operations = []pair.Operation{
	{
		Word:     "live",
		Operands: []pair.Operand{pair.Whole("SESSIONS", 1, 250_000)},
		Says:     "opens sessions, each with 4 visits, which count as 64 bytes each, and prints the first and the last key; keys and visits are numbered from 1",
	},
	{
		Word:     "request",
		Operands: []pair.Operand{pair.ID("KEY")},
		Part:     pair.PartReleases,
		Says:     "asks a session for a page, which makes a visit, counts it and then releases the oldest, and prints the page's size and byte: the key and the number of the session's visits so far, mod 256",
	},
	{
		Word:     "requests",
		Operands: []pair.Operand{pair.Whole("COUNT", 1, 100_000), pair.Whole("SEED", 0, 1_000_000_000)},
		Part:     pair.PartReleases,
		Says:     "makes COUNT requests, counted all at once, and prints a checksum of the pages, (sum * 31 + byte) mod 1000000007 for each; their keys are the lowest open one + (s >> 33) mod the number of open ones, with s = s * 6364136223846793005 + 1442695040888963407 in 64 bits before each, from SEED; refused if no session is open",
	},
	{
		Word:     "history",
		Operands: []pair.Operand{pair.ID("KEY")},
		Says:     "prints the numbers of the visits of a session, the last one first",
	},
	{
		Word: "sessions",
		Says: "prints how many sessions are open",
	},
	{
		Word:     "drop",
		Operands: []pair.Operand{pair.Whole("SESSIONS", 1, 250_000)},
		Part:     pair.PartReleases,
		Says:     "closes the oldest sessions, one by one; refused if fewer are open",
	},
	{
		Word: "clear",
		Part: pair.PartReleases,
		Says: "closes all sessions at once",
	},
	{
		Word: "settle",
		Part: pair.PartSettles,
		Says: "waits until everything released is freed",
	},
	{
		Word: "alive",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of live visits",
	},
	{
		Word: "freed",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of freed visits",
	},
}

// visitBytes is what a script keeps alive in a visit, for the limit of bytes.
const visitBytes = 64

// Demo prints what the section shows.
func Demo(out *pair.Out) error {
	heap := newHeap(pair.NewTally())
	for range 10_000 {
		heap.Open(heap.visit)
	}
	heap.Request(7, heap.visit())
	heap.Request(7, heap.visit())
	out.Line("history of session 7: %s", heap.history(7))
	out.Line("checksum of 50000 pages: %d", heap.Requests(50_000, 1, heap.visit))
	freed := func(what string) {
		pair.Settle()
		out.Line("visits freed %s: %d of %d", what, heap.tally.Freed(), heap.tally.Made())
	}
	freed("by the requests")
	for range 1000 {
		heap.Close()
	}
	freed("with 1000 sessions, one by one")
	heap.CloseAll()
	freed("with the others, at once")
	return nil
}

// Replay performs a script.
func Replay(script *pair.Script, out *pair.Out) error {
	heap := newHeap(script.Tally())
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		if err := heap.perform(script, line, out); err != nil {
			return err
		}
	}
}

// heap is sessions whose visits are numbered and report when they are freed.
type heap struct {
	*Sessions[*pair.Counted[int]]
	tally *pair.Tally
}

func newHeap(tally *pair.Tally) *heap {
	return &heap{NewSessions[*pair.Counted[int]](), tally}
}

func (h *heap) perform(script *pair.Script, line *pair.Line, out *pair.Out) error {
	switch line.Word {
	case "live":
		count := line.Whole(0)
		if err := script.Hold(count*Remembered, count*Remembered*visitBytes); err != nil {
			return err
		}
		first := h.Open(h.visit)
		last := first
		for range count - 1 {
			last = h.Open(h.visit)
		}
		out.Line("sessions %d to %d", first, last)
	case "request":
		key, err := h.key(script, line)
		if err != nil {
			return err
		}
		if err := visitsPass(script, 1); err != nil {
			return err
		}
		if page, ok := h.Request(key, h.visit()); ok {
			out.Line("%d bytes of %d", len(page), page[0])
		}
	case "requests":
		if h.Live() == 0 {
			return script.Refuse("no session is open")
		}
		if err := visitsPass(script, line.Whole(0)); err != nil {
			return err
		}
		checksum := h.Requests(line.Whole(0), uint64(line.Whole(1)), h.visit)
		out.Line("checksum %d", checksum)
	case "history":
		key, err := h.key(script, line)
		if err != nil {
			return err
		}
		out.Line("visits %s", h.history(key))
	case "sessions":
		out.Line("%d open", h.Live())
	case "drop":
		count := line.Whole(0)
		if count > h.Live() {
			return script.Refuse("only %d sessions are open", h.Live())
		}
		for range count {
			h.Close()
		}
		release(script, count)
	case "clear":
		release(script, h.Live())
		h.CloseAll()
	case "settle":
	case "alive":
		out.Line("%d alive", h.tally.Alive())
	case "freed":
		out.Line("%d freed", h.tally.Freed())
	default:
		return script.Unknown(line.Word)
	}
	return nil
}

func (h *heap) key(script *pair.Script, line *pair.Line) (int, error) {
	key := line.Whole(0)
	if len(h.History(key)) == 0 {
		return 0, script.NotAlive(key)
	}
	return key, nil
}

// visit returns a visit that knows how many there were.
func (h *heap) visit() *pair.Counted[int] {
	return pair.NewCounted(h.tally, h.tally.Made()+1)
}

func (h *heap) history(key int) string {
	var words []string
	for _, visit := range h.History(key) {
		words = append(words, strconv.Itoa(visit.Value))
	}
	return strings.Join(words, " ")
}

// visitsPass counts visits that come in place of others.
func visitsPass(script *pair.Script, count int) error {
	if err := script.Hold(count, count*visitBytes); err != nil {
		return err
	}
	script.Release(count, count*visitBytes)
	return nil
}

// release counts the visits of sessions as released.
func release(script *pair.Script, sessions int) {
	visits := sessions * Remembered
	script.Release(visits, visits*visitBytes)
}

// Twin: crates/footprint/src/script.rs

package footprint

import (
	"strconv"
	"strings"

	"memory.example/pairs/pair"
)

// Operations are the operations of scripts.
var Operations = []pair.Operation{
	{
		Word:     "push",
		Operands: []pair.Operand{valueOperand},
		Says:     "puts a value in front, which counts as 64 bytes",
	},
	{
		Word:     "fill",
		Operands: []pair.Operand{pair.Whole("COUNT", 1, 1_000_000)},
		Says:     "puts COUNT values in front, 1 first and so COUNT in front of all; each counts as 64 bytes",
	},
	{
		Word:     "insert",
		Operands: []pair.Operand{placeOperand, valueOperand},
		Says:     "puts a value, which counts as 64 bytes, at a place, from 0; refused if the list ends before the place",
	},
	{
		Word: "pop",
		Part: pair.PartReleases,
		Says: "removes the value in front and prints it, or none",
	},
	{
		Word:     "remove",
		Operands: []pair.Operand{placeOperand},
		Part:     pair.PartReleases,
		Says:     "removes the value at a place, from 0, and prints it, or none",
	},
	{
		Word:     "thin",
		Operands: []pair.Operand{pair.Whole("STEP", 1, 1_000_000)},
		Part:     pair.PartReleases,
		Says:     "removes every STEP-th value, counted from the front, and prints how many",
	},
	{
		Word: "clear",
		Part: pair.PartReleases,
		Says: "removes every value",
	},
	{
		Word: "reverse",
		Says: "reverses the list",
	},
	{
		Word: "length",
		Says: "prints the number of values",
	},
	{
		Word: "sum",
		Says: "prints the sum of the values",
	},
	{
		Word:     "first",
		Operands: []pair.Operand{pair.Whole("COUNT", 1, 100)},
		Says:     "prints the first values, COUNT at most, or none",
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

var (
	placeOperand = pair.Whole("PLACE", 0, 1_000_000)
	valueOperand = pair.Signed("VALUE", -1_000_000_000, 1_000_000_000)
)

// nodeBytes is what a script keeps alive in a node, for the limit of bytes.
const nodeBytes = 64

type counting = List[*pair.Counted[int]]

// Demo prints what the section shows.
func Demo(out *pair.Out) error {
	tally := pair.NewTally()
	list := NewList[*pair.Counted[int]]()
	for value := 1; value <= 5; value++ {
		list.Push(pair.NewCounted(tally, value))
	}
	out.Line("five pushed: %s", numbers(list, 5))
	list.Reverse()
	list.Insert(2, pair.NewCounted(tally, 10))
	out.Line("reversed, 10 inserted at 2: %s", numbers(list, 6))
	removed := number(list.Remove(4))
	out.Line("removed at 4, then popped: %s, %s", removed, number(list.Pop()))
	out.Line("left: %s, their sum %d", numbers(list, 6), sum(list))

	fill(list, tally, 100_000)
	out.Line("with 100000 more: %d, their sum %d", list.Length(), sum(list))
	thin(list, 2)
	pair.Settle()
	out.Line("without every second: %d, freed %d", list.Length(), tally.Freed())

	list.Clear()
	pair.Settle()
	out.Line("cleared: %d, freed %d of %d", list.Length(), tally.Freed(), tally.Made())
	return nil
}

// Replay performs a script.
func Replay(script *pair.Script, out *pair.Out) error {
	list, tally := NewList[*pair.Counted[int]](), script.Tally()
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		if err := perform(list, tally, script, line, out); err != nil {
			return err
		}
		script.Link(func(links *pair.Links) { draw(list, links) })
	}
}

func perform(list *counting, tally *pair.Tally, script *pair.Script, line *pair.Line, out *pair.Out) error {
	before := list.Length()
	switch line.Word {
	case "push":
		if err := script.Hold(1, nodeBytes); err != nil {
			return err
		}
		list.Push(newValue(tally, line.Whole(0)))
	case "fill":
		count := line.Whole(0)
		if err := script.Hold(count, count*nodeBytes); err != nil {
			return err
		}
		fill(list, tally, count)
	case "insert":
		if err := script.Hold(1, nodeBytes); err != nil {
			return err
		}
		if !list.Insert(line.Whole(0), newValue(tally, line.Whole(1))) {
			return script.Refuse("the list ends before %d", line.Whole(0))
		}
	case "pop":
		out.Line("%s", number(list.Pop()))
	case "remove":
		out.Line("%s", number(list.Remove(line.Whole(0))))
	case "thin":
		thin(list, line.Whole(0))
		out.Line("removed %d", before-list.Length())
	case "clear":
		list.Clear()
	case "reverse":
		list.Reverse()
	case "length":
		out.Line("length %d", list.Length())
	case "sum":
		out.Line("sum %d", sum(list))
	case "first":
		out.Line("%s", numbers(list, line.Whole(0)))
	case "settle":
	case "alive":
		out.Line("%d alive", tally.Alive())
	case "freed":
		out.Line("%d freed", tally.Freed())
	default:
		return script.Unknown(line.Word)
	}
	if gone := before - list.Length(); gone > 0 {
		script.Release(gone, gone*nodeBytes)
	}
	return nil
}

// newValue returns a value that a trace calls by its number.
func newValue(tally *pair.Tally, number int) *pair.Counted[int] {
	return pair.NewNamed(tally, strconv.Itoa(number), number)
}

// draw draws what keeps values alive.
func draw(list *counting, links *pair.Links) {
	before := 0
	for value := range list.Values() {
		if before == 0 {
			links.Hold(value.Number())
		} else {
			links.Strong(before, value.Number())
		}
		before = value.Number()
	}
}

func fill(list *counting, tally *pair.Tally, count int) {
	for number := 1; number <= count; number++ {
		list.Push(newValue(tally, number))
	}
}

// thin lets every step-th value go.
func thin(list *counting, step int) {
	place := 0
	list.Retain(func(*pair.Counted[int]) bool {
		place++
		return place%step != 0
	})
}

func sum(list *counting) int {
	sum := 0
	for counted := range list.Values() {
		sum += counted.Value
	}
	return sum
}

func number(taken *pair.Counted[int], ok bool) string {
	if !ok {
		return "none"
	}
	return strconv.Itoa(taken.Value)
}

// numbers returns the first values, at most this many.
func numbers(list *counting, most int) string {
	if list.Length() == 0 {
		return "none"
	}
	var words []string
	for counted := range list.Values() {
		if len(words) == most {
			break
		}
		words = append(words, strconv.Itoa(counted.Value))
	}
	return strings.Join(words, " ")
}

// Twin: crates/escape/src/script.rs

package escape

import "memory.example/pairs/pair"

// maxNumbers is how many numbers a line may make, so that it is quick in either language.
const maxNumbers = 1_000_000

// maxSpawned is how many goroutines a line may start, one after the other.
const maxSpawned = 1000

var (
	number = []pair.Operand{pair.Signed("VALUE", -1_000_000, 1_000_000), pair.Whole("TIMES", 1, 100_000)}
	amount = []pair.Operand{pair.Whole("COUNT", 0, 100_000), pair.Whole("TIMES", 1, 100_000)}
	worker = []pair.Operand{pair.Signed("VALUE", -1_000_000, 1_000_000), pair.Whole("TIMES", 1, maxSpawned)}
)

// Operations are the operations of scripts.
var Operations = []pair.Operation{
	{Word: "local", Operands: number, Says: "adds up TIMES times VALUE + 1, which was returned by value"},
	{Word: "heap", Operands: number, Says: "adds up TIMES times VALUE + 1, which was returned by its address"},
	{Word: "fleeting", Operands: number, Says: "adds up TIMES times VALUE + 1, which was behind an address for a moment"},
	{Word: "lent", Operands: number, Says: "adds up TIMES times VALUE + 1, which was lent to another function"},
	{Word: "counter", Operands: number, Says: "makes one counter that starts at VALUE, counts TIMES times, and prints the last number"},
	{Word: "any_shape", Operands: number, Says: "adds up the areas of TIMES squares with sides of VALUE"},
	{Word: "measured", Operands: number, Says: "adds up the areas of TIMES such squares that were lent"},
	{Word: "any_value", Operands: number, Says: "adds up TIMES times VALUE, which was a value of any type"},
	{Word: "known", Operands: number, Says: "adds up TIMES slices of the eight numbers from VALUE on"},
	{Word: "copied", Operands: number, Says: "adds up TIMES copies of such slices"},
	{Word: "joined", Operands: number, Says: "joins the word number and VALUE TIMES times, and prints the last text"},
	{Word: "spawned", Operands: worker, Says: "adds up TIMES times VALUE + 1, which somebody else computed"},
	{Word: "unknown", Operands: amount, Says: "adds up TIMES slices of the COUNT numbers from 0 on; refused if COUNT * TIMES is more than 1000000"},
	{Word: "grown", Operands: amount, Says: "adds up TIMES slices that grew to the COUNT numbers from 0 on, within the same limit"},
	{Word: "table", Operands: amount, Says: "adds up the sizes of TIMES tables of the squares mod 1000 of the COUNT numbers from 0 on, within the same limit"},
}

// Demo prints what the section shows.
func Demo(out *pair.Out) error {
	out.Line("local %d", Local(41))
	out.Line("heap %d", *Heap(41))
	out.Line("fleeting %d", Fleeting(41))
	out.Line("lent %d", Lent(41))
	next := Counter(40)
	out.Line("counter %d, then %d", next(), next())
	out.Line("any shape %d", AnyShape(6).Area())
	out.Line("measured %d", Measured(6))
	out.Line("any value %v", AnyValue(42))
	out.Line("known %d", Known(1))
	out.Line("unknown %d", Unknown(1000))
	out.Line("grown %d", Grown(1000))
	out.Line("table %d", Table(1000))
	out.Line("joined %s", Joined(42))
	out.Line("copied %d", sum(Copied(1)))
	out.Line("spawned %d", Spawned(41))
	// Only here does it show where a value lives, of calls for which both compilers have one answer.
	out.Line("on the heap, of 100 calls each: local %d, heap %d, known %d, unknown %d, copied %d",
		allocationsOf(100, Local, 1000), allocationsOf(100, Heap, 1000), allocationsOf(100, Known, 1000),
		allocationsOf(100, Unknown, 1000), allocationsOf(100, Copied, 1000))
	return nil
}

// Replay performs a script.
func Replay(script *pair.Script, out *pair.Out) error {
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		n, times := line.Whole(0), line.Whole(1)
		switch line.Word {
		case "unknown", "grown", "table":
			if n*times > maxNumbers {
				return script.Refuse("more than %d numbers", maxNumbers)
			}
		}
		out.Line("%s %v", line.Word, repeat(script, line.Word, n, times))
	}
}

// repeat calls a function that many times and returns the sum of its results, or the last one.
func repeat(script *pair.Script, word string, n, times int) any {
	add := func(call func(int) int) int {
		sum := 0
		script.Heap(func() {
			sum = 0
			for range times {
				sum += call(n)
			}
		})
		return sum
	}
	switch word {
	case "local":
		return add(Local)
	case "heap":
		return add(func(n int) int { return *Heap(n) })
	case "fleeting":
		return add(Fleeting)
	case "lent":
		return add(Lent)
	case "counter":
		last := 0
		script.Heap(func() {
			next := Counter(n)
			for range times - 1 {
				next()
			}
			last = next()
		})
		return last
	case "any_shape":
		return add(func(n int) int { return AnyShape(n).Area() })
	case "measured":
		return add(Measured)
	case "any_value":
		return add(func(n int) int { return AnyValue(n).(int) })
	case "known":
		return add(Known)
	case "copied":
		return add(func(n int) int { return sum(Copied(n)) })
	case "spawned":
		return add(Spawned)
	case "unknown":
		return add(Unknown)
	case "grown":
		return add(Grown)
	case "table":
		return add(Table)
	}
	text := ""
	script.Heap(func() {
		for range times {
			text = Joined(n)
		}
	})
	return text
}

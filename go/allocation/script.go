// Twin: crates/allocation/src/script.rs

package allocation

import "memory.example/pairs/pair"

// maxIntegers is how many integers a line may make, so that it is quick in either language.
const maxIntegers = 100_000_000

var operands = []pair.Operand{pair.Whole("COUNT", 0, 5_000_000), pair.Whole("LENGTH", 0, 1_000_000)}

// Operations are the operations of scripts.
var Operations = []pair.Operation{
	{
		Word:     "removable",
		Operands: operands,
		Says:     "makes COUNT slices of LENGTH integers that the compiler may remove and prints their result: the sum over all slices of the length and of the slice's number from 0, or 0 if LENGTH is 0; refused if they have more than 100000000 integers",
	},
	{
		Word:     "observed",
		Operands: operands,
		Says:     "makes slices that are looked at and prints the same result, within the same limit",
	},
	{
		Word:     "escaping",
		Operands: operands,
		Says:     "makes slices that must be on the heap and prints the same result, within the same limit",
	},
	{
		Word:     "slices",
		Operands: operands,
		Says:     "makes slices in all three forms and prints the results; refused if all three together have more than 100000000 integers",
	},
	{
		Word: "sum",
		Says: "prints the sum of all results since the script began or was cleared",
	},
	{
		Word: "clear",
		Says: "makes the sum zero again",
	},
}

// Demo prints what the section shows.
func Demo(out *pair.Out) error {
	const slices = 1_000_000
	out.Line("%d slices of %d integers", slices, Length)
	// The length is a constant at each call: the compiler may make use of it.
	out.Line("removable: %d", Removable(slices, Length))
	out.Line("observed: %d", Observed(slices, Length))
	out.Line("escaping: %d", Escaping(slices, Length))
	// Only here does it show where a slice lives; the other forms live where each compiler likes. In
	// thousands: the runtime allocates a little for itself at times.
	full := heapOf(func() { Escaping(1000, Length) }).Allocations / 1000 * 1000
	empty := heapOf(func() { Escaping(1000, 0) }).Allocations / 1000 * 1000
	out.Line("on the heap: %d of 1000 escaping, %d of 1000 without integers", full, empty)
	return nil
}

// Replay performs a script.
func Replay(script *pair.Script, out *pair.Out) error {
	sum := 0
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		result := 0
		switch line.Word {
		case "sum":
			out.Line("sum %d", sum)
		case "clear":
			sum = 0
		case "slices":
			result, err = perform(script, line, []string{"removable", "observed", "escaping"}, out)
		default:
			result, err = perform(script, line, []string{line.Word}, out)
		}
		if err != nil {
			return err
		}
		sum += result
	}
}

// perform makes the slices that a line asks for, in these forms, and adds up the results.
func perform(script *pair.Script, line *pair.Line, forms []string, out *pair.Out) (int, error) {
	count, length := line.Whole(0), line.Whole(1)
	if count*length*len(forms) > maxIntegers {
		return 0, script.Refuse("more than %d integers", maxIntegers)
	}
	sum := 0
	for _, form := range forms {
		var result int
		switch form {
		case "removable":
			script.Heap(func() { result = Removable(count, length) })
		case "observed":
			script.Heap(func() { result = Observed(count, length) })
		case "escaping":
			script.Heap(func() { result = Escaping(count, length) })
		default:
			return 0, script.Unknown(form)
		}
		out.Line("%s %d", form, result)
		sum += result
	}
	return sum, nil
}

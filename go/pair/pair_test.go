// Twin: crates/pair/tests/pair.rs

package pair_test

import (
	"bytes"
	"math"
	"runtime"
	"strings"
	"testing"

	"memory.example/pairs/pair"
)

var operations = []pair.Operation{
	{Word: "take", Operands: []pair.Operand{pair.Whole("COUNT", 1, 10)}},
	{Word: "shift", Operands: []pair.Operand{pair.Signed("BY", -5, 5)}},
	{Word: "call", Operands: []pair.Operand{pair.Name("NAME", 3)}},
	{Word: "drop", Part: pair.PartReleases},
	{Word: "freed", Part: pair.PartNeedsSettle},
	{Word: "settle", Part: pair.PartSettles},
}

func script(text string) *pair.Script {
	out := pair.NewOut(&bytes.Buffer{})
	return pair.NewScript(strings.NewReader(text), "a test", operations, out)
}

// read reads a whole script: the words of its lines, then what ended it.
func read(text string) string {
	script := script(text)
	var words []string
	for {
		line, err := script.ReadLine()
		if err != nil {
			words = append(words, strings.TrimSuffix(err.Error(), "\n"))
		}
		if err != nil || line == nil {
			return strings.Join(words, "|")
		}
		words = append(words, line.Word)
	}
}

func TestAScriptIsReadLineByLine(t *testing.T) {
	cases := []struct{ text, want string }{
		{"", ""},
		{"take 1", "take"},
		{"take 1\nshift -5\n", "take|shift"},
		{"\t take \t 1 # said\r\n\r\n#\n", "take"},
		{"shift +5\ncall a-_", "shift|call"},
		{"take +5", `error: line 1: COUNT: "+5" is not a whole number`},
		{"take 0", `error: line 1: COUNT: "0" is not in 1..10`},
		{"take 99999999999999999999", `error: line 1: COUNT: "99999999999999999999" is not in 1..10`},
		{"take 0x1", `error: line 1: COUNT: "0x1" is not a whole number`},
		{"take", "error: line 1: usage: take COUNT"},
		{"call abcd", `error: line 1: NAME: "abcd" is not at most 3 letters long`},
		{"call ä", `error: line 1: NAME: "\xc3\xa4" is not a name of letters, digits, "_" and "-"`},
		{"take 1\nnothing", `take|error: line 2: unknown operation "nothing"`},
		{"freed\ndrop\nsettle\nfreed", "freed|drop|settle|freed"},
		{"drop\nfreed", `drop|error: line 2: "freed" needs "settle" first`},
		{"\n\xff", "error: line 2: not UTF-8"},
	}
	for _, c := range cases {
		if got := read(c.text); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestAScriptKeepsNoMoreThanItMay(t *testing.T) {
	script := script("settle")
	hold := func(objects, bytes int, want bool) {
		t.Helper()
		if got := script.Hold(objects, bytes) == nil; got != want {
			t.Errorf("hold %d %d: %v, want %v", objects, bytes, got, want)
		}
	}
	hold(pair.MaxObjects, pair.MaxBytes, true)
	hold(1, 0, false)
	hold(0, 1, false)
	hold(math.MaxInt, math.MaxInt, false)
	script.Release(pair.MaxObjects, pair.MaxBytes)
	hold(1, 0, false) // released, but not settled
	if _, err := script.ReadLine(); err != nil {
		t.Error(err)
	}
	hold(pair.MaxObjects, pair.MaxBytes, true)
}

func TestQuotingShowsEveryByte(t *testing.T) {
	cases := []struct{ text, want string }{
		{"plain", `"plain"`},
		{"\"\\", `"\"\\"`},
		{"\x00\n\x7f\xff", `"\x00\x0a\x7f\xff"`},
		{strings.Repeat("a", 257), `"` + strings.Repeat("a", 256) + `"...`},
	}
	for _, c := range cases {
		if got := pair.Quote(c.text); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestFlagsAreToldFromWords(t *testing.T) {
	parse := func(arguments ...string) (*pair.Flags, error) {
		return pair.ParseFlags(arguments, []string{"--scale"}, []string{"--batch"})
	}
	flags, err := parse("a", "--scale=3", "--batch")
	if err != nil || len(flags.Words) != 1 || !flags.Has("--batch") {
		t.Fatal(flags, err)
	}
	if n, err := flags.Number("--scale", 1, 9, 5); n != 3 || err != nil {
		t.Error(n, err)
	}
	flags, err = parse("--scale", "10")
	if err != nil {
		t.Fatal(err)
	}
	want := "error: --scale: \"10\" is not a whole number in 1..9\n"
	if _, err := flags.Number("--scale", 1, 9, 5); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	for _, wrong := range []string{"--scale", "--more", "--batch=1"} {
		if _, err := parse(wrong); err == nil {
			t.Errorf("%s is not refused", wrong)
		}
	}
}

func TestWhatIsLetGoIsCountedOnceItSettles(t *testing.T) {
	tally := pair.NewTally()
	kept := pair.NewCounted(tally, 1)
	for value := range 999 {
		pair.NewCounted(tally, value)
	}
	pair.Settle()
	if tally.Made() != 1000 || tally.Freed() != 999 || tally.Alive() != 1 {
		t.Errorf("made %d, freed %d, alive %d", tally.Made(), tally.Freed(), tally.Alive())
	}
	runtime.KeepAlive(kept)
	pair.Settle()
	if tally.Freed() != 1000 {
		t.Errorf("freed %d", tally.Freed())
	}
}

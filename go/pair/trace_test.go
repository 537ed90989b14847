package pair

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

var tracedOperations = []Operation{
	{Word: "make"},
	{Word: "drop", Part: PartReleases},
	{Word: "forget", Part: PartReleases},
	{Word: "settle", Part: PartSettles},
}

// forgotten keeps values for ever: nothing of a script reaches them.
var forgotten []*Counted[int]

func replayMade(script *Script, out *Out) error {
	tally := script.Tally()
	var values []*Counted[int]
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		switch line.Word {
		case "make":
			values = append(values, NewNamed(tally, "v", 0))
			out.Line("made")
		case "forget":
			forgotten = append(forgotten, values[len(values)-1])
			fallthrough
		case "drop":
			values = slices.Delete(values, len(values)-1, len(values))
		}
		script.Link(func(links *Links) {
			for _, value := range values {
				links.Hold(value.Number())
			}
		})
	}
}

func traceMade(script string) (string, error) {
	var told bytes.Buffer
	out := NewOut(&told)
	err := replayTraced(strings.NewReader(script), "a test", tracedOperations, replayMade, out)
	_ = out.Finish()
	return told.String(), err
}

// states returns the state of each value behind each line.
func states(t *testing.T, script string) []string {
	told, err := traceMade(script)
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for line := range strings.Lines(told) {
		var words []string
		for _, rest := range strings.Split(line, `"state":"`)[1:] {
			word, _, _ := strings.Cut(rest, `"`)
			words = append(words, word)
		}
		states = append(states, strings.Join(words, " "))
	}
	return states
}

func TestATraceTellsWhatBecomesOfEachValue(t *testing.T) {
	// Rust has freed it instead.
	expected := []string{"alive", "alive alive", "alive garbage", "alive freed", "garbage freed"}
	if got := states(t, "make\nmake\ndrop\nsettle\n"); !slices.Equal(got, expected) {
		t.Errorf("%q", got)
	}
}

func TestAValueThatNothingReachesAndNobodyFreesIsLeaked(t *testing.T) {
	expected := []string{"alive", "leaked", "leaked", "leaked"}
	if got := states(t, "make\nforget\nsettle\n"); !slices.Equal(got, expected) {
		t.Errorf("%q", got)
	}
}

func TestValuesOfOneNameHaveIDsOfTheirOwn(t *testing.T) {
	told, err := traceMade("make\nmake\nnonsense\n")
	if err == nil || err.Error() != "error: line 3: unknown operation \"nonsense\"\n" {
		t.Errorf("%v", err)
	}
	expected := `{"line":2,"text":"make","output":["made"],` +
		`"counts":{"alive":2,"freed":0,"garbage":0,"leaked":0},` +
		`"objects":[{"id":"v","state":"alive"},{"id":"v:2","state":"alive"}],` +
		`"held":["v","v:2"],"links":[]}`
	if second := strings.Split(told, "\n")[1]; second != expected {
		t.Error(second)
	}
}

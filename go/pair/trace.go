// Twin: crates/pair/src/trace.rs

package pair

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
)

// maxReported is the largest number of values in the record of a line: the newest ones.
const maxReported = 30

// maxLinked is the largest number of values whose links are reported.
const maxLinked = 1000

// The kinds of a link: only a strong one keeps a value alive.
const (
	strong = "strong"
	weak   = "weak"
)

// state is what became of a value.
type state string

const (
	stateAlive state = "alive"
	// stateGarbage says that a collection would free it.
	stateGarbage state = "garbage"
	stateFreed   state = "freed"
	// stateLeaked says that nothing reaches it, and no collection frees it.
	stateLeaked state = "leaked"
)

// Links are what keeps the values of a script alive: those that it holds itself, and the links between them.
type Links struct {
	held    []int
	holders []holder
	// between are links between values.
	between []link
}

// holder is something that is no value and holds one.
type holder struct {
	name   string
	number int
}

type link struct {
	from, to int
	kind     string
}

// Hold says that the script itself holds the value of this number.
func (l *Links) Hold(number int) {
	l.held = append(l.held, number)
}

// HoldThrough says that the script holds the value of this number through something that is no value, such as
// a worker.
func (l *Links) HoldThrough(name string, number int) {
	l.Hold(number)
	l.holders = append(l.holders, holder{name, number})
}

// Strong says that one value keeps another alive.
func (l *Links) Strong(from, to int) {
	l.between = append(l.between, link{from, to, strong})
}

// Weak says that one value knows another, and does not keep it alive.
func (l *Links) Weak(from, to int) {
	l.between = append(l.between, link{from, to, weak})
}

// reach returns which of the first values the script reaches, by their numbers.
func (l *Links) reach(made int) []bool {
	next := make([][]int, made+1)
	for _, link := range l.between {
		if link.kind == strong {
			next[link.from] = append(next[link.from], link.to)
		}
	}
	reached := make([]bool, made+1)
	for rest := slices.Clone(l.held); len(rest) > 0; {
		number := rest[len(rest)-1]
		rest = rest[:len(rest)-1]
		if !reached[number] {
			reached[number] = true
			rest = append(rest, next[number]...)
		}
	}
	return reached
}

// found is a value that a collection frees, and the line behind which it first does.
type found struct {
	line, value int
}

// trace is the trace of one replay.
type trace struct {
	tally *Tally
	// printed is where the topic prints, into buffer.
	printed *Out
	buffer  *bytes.Buffer
	// out is where lines are reported; without it, the replay only looks for garbage.
	out     *Out
	garbage []found
	// line is the line that was read last, 0 if it is done.
	line int
	text string
	// counts says whether the topic counts its values.
	counts bool
	states []state
	names  []string
	// uses is how many values have each name.
	uses  map[string]int
	links *Links
	// over says that the script is over, and reaches nothing any more.
	over    bool
	figures map[string]int
	look    func(*Tally)
}

// replayTraced performs a script and reports each line of it as one JSON object. The replay that is reported is
// the second one. The first one collects behind each line, and so finds what is garbage there.
func replayTraced(
	reader io.Reader, source string, operations []Operation, perform func(*Script, *Out) error, out *Out,
) error {
	text, err := io.ReadAll(reader)
	if err != nil {
		return Usage("cannot read %s: %s", source, Reason(err))
	}
	// No collection comes by itself, and those that are asked for are small: helpers would slow them down.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	run := func(out *Out, garbage []found) ([]found, *Stop, error) {
		trace := newTrace(out, garbage)
		script := tracedScript(bytes.NewReader(text), source, operations, trace)
		ended := stopped(perform(script, trace.printed))
		err := trace.end(script.line)
		return trace.garbage, ended, err
	}
	garbage, first, err := run(nil, nil)
	if err != nil {
		return err
	}
	_, second, err := run(out, garbage)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(first, second) {
		return Failed("a script that is performed twice does not end in the same way")
	}
	if second != nil {
		return second
	}
	return nil
}

func newTrace(out *Out, garbage []found) *trace {
	printed, buffer := memory()
	return &trace{
		tally: tracedTally(), printed: printed, buffer: buffer, out: out, garbage: garbage, uses: map[string]int{},
	}
}

// link draws what keeps values alive now, unless there are too many.
func (t *trace) link(draw func(*Links)) {
	t.links = nil
	if t.out != nil && t.tally.Made() <= maxLinked {
		t.links = &Links{}
		draw(t.links)
		slices.Sort(t.links.held)
		t.links.held = slices.Compact(t.links.held)
	}
}

// figure adds to a figure of this line, if one was read.
func (t *trace) figure(name string, value int) {
	if t.line == 0 {
		return
	}
	if t.figures == nil {
		t.figures = map[string]int{}
	}
	t.figures[name] += value
}

// beginLine says that a line was read.
func (t *trace) beginLine(number int, text string) {
	t.line, t.text = number, text
}

// endLine says that the line that was read is done, or there was none yet.
func (t *trace) endLine() error {
	if t.line == 0 {
		return nil
	}
	number := t.line
	t.line = 0
	return t.report(number, &t.text)
}

// end says that the script is over behind this line, and holds nothing any more.
func (t *trace) end(line int) error {
	t.over = true
	if t.links != nil {
		t.links = &Links{}
	}
	if t.line != 0 {
		return t.endLine()
	}
	return t.report(line+1, nil)
}

// record is the JSON object of a line.
type record struct {
	Line    int              `json:"line"`
	Text    *string          `json:"text"`
	Output  []string         `json:"output"`
	Counts  map[state]int    `json:"counts,omitzero"`
	Objects []reportedObject `json:"objects,omitzero"`
	Held    []string         `json:"held,omitzero"`
	Links   []reportedLink   `json:"links,omitzero"`
	Figures map[string]int   `json:"figures,omitzero"`
}

type reportedObject struct {
	ID    string `json:"id"`
	State state  `json:"state"`
}

type reportedLink struct {
	From string `json:"from"`
	Kind string `json:"kind"`
	To   string `json:"to"`
}

func (t *trace) report(number int, text *string) error {
	if err := t.printed.Finish(); err != nil {
		return err
	}
	printed := t.buffer.String()
	t.buffer.Reset()
	figures := t.figures
	t.figures = nil
	if t.out == nil {
		Settle()
		for _, value := range t.takeFreed() {
			t.garbage = append(t.garbage, found{number, value})
		}
		return nil
	}
	t.update(number)
	line := record{Line: number, Text: text, Output: []string{}, Figures: figures}
	for one := range strings.Lines(printed) {
		line.Output = append(line.Output, strings.TrimSuffix(one, "\n"))
	}
	if t.counts {
		t.reportValues(&line)
	}
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(line); err != nil {
		return err
	}
	t.out.Write(encoded.Bytes())
	return t.out.Check()
}

func (t *trace) takeFreed() []int {
	if t.look != nil {
		t.look(t.tally)
	}
	return t.tally.takeFreed()
}

// update finds the states behind this line.
func (t *trace) update(line int) {
	t.nameValues()
	for ; len(t.garbage) > 0 && t.garbage[0].line <= line; t.garbage = t.garbage[1:] {
		t.states[t.garbage[0].value-1] = stateGarbage
	}
	for _, value := range t.takeFreed() {
		t.states[value-1] = stateFreed
	}
	links := t.links
	if t.over {
		links = &Links{}
	}
	if links == nil {
		return
	}
	reached := links.reach(len(t.states))
	for i, state := range t.states {
		if state == stateAlive && !reached[i+1] {
			t.states[i] = stateLeaked
		}
	}
}

// nameValues names the values that are new: as they were called, or by their number. The second one that is
// called `a` is `a:2`.
func (t *trace) nameValues() {
	for _, name := range t.tally.namesAfter(len(t.names)) {
		if name == "" {
			name = strconv.Itoa(len(t.names) + 1)
		} else if t.uses[name]++; t.uses[name] > 1 {
			name = fmt.Sprintf("%s:%d", name, t.uses[name])
		}
		t.names = append(t.names, name)
		t.states = append(t.states, stateAlive)
	}
}

// reportValues reports the number of values in each state, the newest values, and what keeps them alive.
func (t *trace) reportValues(line *record) {
	line.Counts = map[state]int{stateAlive: 0, stateGarbage: 0, stateFreed: 0, stateLeaked: 0}
	for _, state := range t.states {
		line.Counts[state]++
	}
	first := max(len(t.states)-maxReported, 0)
	line.Objects = []reportedObject{}
	for i, name := range t.names[first:] {
		line.Objects = append(line.Objects, reportedObject{name, t.states[first+i]})
	}
	if t.links == nil {
		return
	}
	line.Held, line.Links = []string{}, []reportedLink{}
	for _, held := range t.links.held {
		if held > first {
			line.Held = append(line.Held, t.names[held-1])
		}
	}
	for _, holder := range t.links.holders {
		if holder.number > first {
			line.Links = append(line.Links, reportedLink{holder.name, strong, t.names[holder.number-1]})
		}
	}
	for _, link := range t.links.between {
		if link.from > first && link.to > first {
			line.Links = append(line.Links, reportedLink{t.names[link.from-1], link.kind, t.names[link.to-1]})
		}
	}
}

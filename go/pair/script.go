// Twin: crates/pair/src/script.rs

package pair

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// MaxLine is the longest line, in bytes, without its end.
	MaxLine = 64 << 10
	// MaxObjects is how many objects a script may keep alive.
	MaxObjects = 1_000_000
	// MaxBytes is how many bytes a script may keep alive.
	MaxBytes = 256 << 20
)

// Script is a script of operations, read line by line by the topic that performs it.
type Script struct {
	reader     *bufio.Reader
	source     string
	out        *Out
	operations []Operation
	line       int
	unsettled  bool
	held       amount
	released   amount
	trace      *trace
}

type amount struct {
	objects, bytes int
}

// Line is one line: an operation with its operands.
type Line struct {
	// Word is the operation's word.
	Word    string
	numbers []int
	names   []string
}

// Whole returns the operand at this place, a number.
func (l *Line) Whole(place int) int {
	return l.numbers[place]
}

// Name returns the operand at this place, a name.
func (l *Line) Name(place int) string {
	return l.names[place]
}

// NewScript returns a script from a reader; source names it in an error.
func NewScript(reader io.Reader, source string, operations []Operation, out *Out) *Script {
	return &Script{reader: bufio.NewReader(reader), source: source, operations: operations, out: out}
}

// tracedScript returns a script whose lines a trace reports, which also takes what is printed.
func tracedScript(reader io.Reader, source string, operations []Operation, trace *trace) *Script {
	script := NewScript(reader, source, operations, trace.printed)
	script.trace = trace
	return script
}

// Tally returns a tally for the values of this script; a trace reports what became of each of them.
func (s *Script) Tally() *Tally {
	if s.trace == nil {
		return NewTally()
	}
	s.trace.counts = true
	return s.trace.tally
}

// Link reports to a trace what keeps values alive now: what the script itself holds, and links between values.
func (s *Script) Link(draw func(*Links)) {
	if s.trace != nil {
		s.trace.link(draw)
	}
}

// Look shows a trace how to look for freed values, where these do not report it themselves.
func (s *Script) Look(look func(*Tally)) {
	if s.trace != nil {
		s.trace.look = look
	}
}

// IsTraced reports whether a trace reports the lines of this script.
func (s *Script) IsTraced() bool {
	return s.trace != nil
}

// Heap does work, and reports to a trace what it asked of the heap: the least of three tries, for the runtime
// allocates a little for itself at times.
func (s *Script) Heap(work func()) {
	if s.trace == nil {
		work()
		return
	}
	var fewest Heap
	for try := range 3 {
		before := HeapNow()
		work()
		if heap := HeapNow().Since(before); try == 0 || heap.Allocations < fewest.Allocations {
			fewest = heap
		}
	}
	s.Figure("allocations", fewest.Allocations)
	s.Figure("bytes", fewest.Allocated)
}

// Figure reports a figure of this line to a trace, where the topic has no values that are counted one by one.
func (s *Script) Figure(name string, value int) {
	if s.trace != nil {
		s.trace.figure(name, value)
	}
}

// ReadLine returns the next line that says something, or nil at the end.
func (s *Script) ReadLine() (*Line, error) {
	for {
		if err := s.out.Check(); err != nil {
			return nil, err
		}
		if s.trace != nil {
			if err := s.trace.endLine(); err != nil {
				return nil, err
			}
		}
		raw, err := s.readRaw()
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if !utf8.Valid(raw) {
			return nil, s.Refuse("not UTF-8")
		}
		if s.trace != nil {
			s.trace.beginLine(s.line, string(raw))
		}
		said, _, _ := strings.Cut(string(raw), "#")
		isSpace := func(r rune) bool { return r == ' ' || r == '\t' }
		if words := strings.FieldsFunc(said, isSpace); len(words) > 0 {
			return s.parse(words[0], words[1:])
		}
	}
}

// Refuse returns the error that ends a script at the line read last.
func (s *Script) Refuse(format string, values ...any) error {
	return &Stop{Code: 2, Line: s.line, What: fmt.Sprintf(format, values...)}
}

// NotAlive refuses a line that names something that is not alive.
func (s *Script) NotAlive(id int) error {
	return s.Refuse("%d is not alive", id)
}

// Unknown refuses a word that the topic does not know.
func (s *Script) Unknown(word string) error {
	return s.Refuse("unknown operation %s", Quote(word))
}

// Hold counts what the line read last will keep alive, or refuses the line.
func (s *Script) Hold(objects, bytes int) error {
	if objects > MaxObjects-s.held.objects-s.released.objects {
		return s.Refuse("more than %d objects alive", MaxObjects)
	}
	if bytes > MaxBytes-s.held.bytes-s.released.bytes {
		return s.Refuse("more than %d bytes alive", MaxBytes)
	}
	s.held.objects += objects
	s.held.bytes += bytes
	return nil
}

// Release counts what is no longer held; it is counted until `settle`, where the topic has one.
func (s *Script) Release(objects, bytes int) {
	s.held.objects -= objects
	s.held.bytes -= bytes
	if s.settling() != "" {
		s.released.objects += objects
		s.released.bytes += bytes
	}
}

func (s *Script) settling() string {
	for _, operation := range s.operations {
		if operation.Part == PartSettles {
			return operation.Word
		}
	}
	return ""
}

func (s *Script) parse(word string, words []string) (*Line, error) {
	known := func(o Operation) bool { return o.Word == word }
	place := slices.IndexFunc(s.operations, known)
	if place < 0 {
		return nil, s.Unknown(word)
	}
	operation := s.operations[place]
	if len(words) != len(operation.Operands) {
		return nil, s.Refuse("usage: %s", operation.Usage())
	}
	line := &Line{operation.Word, make([]int, len(words)), make([]string, len(words))}
	for i, operand := range operation.Operands {
		if operand.Kind == KindName {
			line.names[i] = words[i]
		}
		number, fault := value(operand, words[i])
		if fault != "" {
			return nil, s.Refuse("%s: %s is not %s", operand.Name, Quote(words[i]), fault)
		}
		line.numbers[i] = number
	}
	switch operation.Part {
	case PartReleases:
		s.unsettled = true
	case PartNeedsSettle:
		if settling := s.settling(); s.unsettled && settling != "" {
			return nil, s.Refuse(`"%s" needs "%s" first`, word, settling)
		}
	case PartSettles:
		Settle()
		s.unsettled = false
		s.released = amount{}
	}
	return line, nil
}

// readRaw returns the next line without its end.
func (s *Script) readRaw() ([]byte, error) {
	var raw []byte
	for {
		chunk, err := s.reader.ReadSlice('\n')
		raw = append(raw, chunk...)
		if err == io.EOF && len(raw) == 0 {
			return nil, io.EOF
		}
		if err != nil && err != io.EOF && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, Usage("cannot read %s: %s", s.source, Reason(err))
		}
		// One byte more than the limit may still be the carriage return of the line's end.
		if err == nil || err == io.EOF || len(raw) > MaxLine+1 {
			break
		}
	}
	s.line++
	raw = trimSuffix(raw, '\n')
	raw = trimSuffix(raw, '\r')
	if len(raw) > MaxLine {
		return nil, s.Refuse("longer than %d bytes", MaxLine)
	}
	return raw, nil
}

func trimSuffix(text []byte, last byte) []byte {
	if n := len(text); n > 0 && text[n-1] == last {
		return text[:n-1]
	}
	return text
}

// value returns an operand's number, and what its text is not but should be.
func value(operand Operand, text string) (number int, fault string) {
	if operand.Kind == KindName {
		if strings.ContainsFunc(text, notPlain) {
			return 0, `a name of letters, digits, "_" and "-"`
		}
		if len(text) < operand.Min || len(text) > operand.Max {
			return 0, fmt.Sprintf("at most %d letters long", operand.Max)
		}
		return 0, ""
	}
	digits := text
	if operand.Kind == KindSigned && (text[0] == '+' || text[0] == '-') {
		digits = text[1:]
	}
	if !allDigits(digits) {
		return 0, "a whole number"
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < operand.Min || number > operand.Max {
		return 0, fmt.Sprintf("in %d..%d", operand.Min, operand.Max)
	}
	return number, ""
}

func allDigits(text string) bool {
	notDigit := func(r rune) bool { return r < '0' || r > '9' }
	return text != "" && !strings.ContainsFunc(text, notDigit)
}

func notPlain(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	digit := r >= '0' && r <= '9'
	return !letter && !digit && r != '_' && r != '-'
}

// Twin: crates/server/src/framing.rs

package server

import (
	"bytes"
	"strconv"
)

const (
	// fieldLimit is the longest line of a field that is held back, about as much as net/http takes of a
	// whole head.
	fieldLimit = 128 << 10
	// lineLimit is the longest line with the size of a chunk; net/http refuses longer ones.
	lineLimit = 4096
)

// closing is the field that ends a connection behind its answer.
const closing = "Connection: close\r\n"

// framing follows a connection's bytes from request to request, and finds the heads that tell two
// lengths: net/http forgets one of them, and keeps the connection. Lines of fields are handed on whole,
// so that another can still be put between them.
type framing struct {
	part part
	// rest is how many bytes of a body or of a chunk have to come.
	rest uint64
	// version is the end of the head's first line.
	version []byte
	length  uint64
	sized   bool
	chunked bool
	// folds is whether a line that goes on would change a length.
	folds bool
}

// part is what comes next.
type part int

const (
	blankPart    part = iota // a request, perhaps behind empty lines
	linePart                 // the rest of the first line
	fieldPart                // another line of the head
	closingPart              // the head's last line, and before that the field that ends the connection
	bodyPart                 // bytes of a body
	sizePart                 // the line with a chunk's size
	chunkPart                // bytes of a chunk
	chunkEndPart             // the end of a chunk's line
	trailerPart              // a trailer
	unknownPart              // whatever: net/http refuses it, or closes behind it
)

// take returns how many of these bytes can be handed on now.
func (f *framing) take(held []byte) int {
	taken := 0
	for taken < len(held) {
		count := f.step(held[taken:])
		if count == 0 {
			break
		}
		taken += count
	}
	return taken
}

func (f *framing) step(held []byte) int {
	switch f.part {
	case blankPart:
		blank := len(held) - len(bytes.TrimLeft(held, "\r\n"))
		if blank > 0 {
			return blank
		}
		*f = framing{part: linePart, version: f.version[:0]}
		return f.step(held)
	case linePart:
		// Whether that is a request net/http says as soon as it can.
		line, _, whole := bytes.Cut(held, []byte("\n"))
		f.version = append(f.version, line[max(0, len(line)-16):]...)
		if !whole {
			return len(held)
		}
		f.part = fieldPart
		return len(line) + 1
	case fieldPart:
		// By the first letter: most fields tell no length.
		letter := held[0] | 0x20
		if end := bytes.IndexByte(held, '\n'); end > 1 && letter != 'c' && letter != 't' && !f.folds {
			return end + 1
		}
		return f.line(held, fieldLimit, f.field)
	case sizePart:
		return f.line(held, lineLimit, f.size)
	case chunkEndPart:
		return f.line(held, 2, func([]byte) { f.part = sizePart })
	case trailerPart:
		return f.line(held, lineLimit, func(line []byte) {
			if len(line) == 0 {
				f.part = blankPart
			}
		})
	case bodyPart, chunkPart:
		count := min(f.rest, uint64(len(held)))
		f.passed(count)
		return int(count)
	case closingPart:
		return 0
	}
	return len(held)
}

// passed counts bytes of a body or of a chunk that are handed on.
func (f *framing) passed(count uint64) {
	f.rest -= count
	switch {
	case f.rest > 0:
	case f.part == bodyPart:
		f.part = blankPart
	case f.part == chunkPart:
		f.part = chunkEndPart
	}
}

// line lets this look at the next line, without its end.
func (f *framing) line(held []byte, limit int, look func([]byte)) int {
	end := bytes.IndexByte(held, '\n')
	if end < 0 {
		if len(held) > limit {
			f.part = unknownPart
		}
		return 0
	}
	look(bytes.TrimSuffix(held[:end], []byte("\r")))
	if f.part == closingPart {
		return 0
	}
	return end + 1
}

// field looks at a line of the head.
func (f *framing) field(line []byte) {
	if len(line) == 0 {
		f.headEnds()
		return
	}
	if f.folds && (line[0] == ' ' || line[0] == '\t') {
		line[0] = 0 // no length on two lines: net/http refuses this one
	}
	f.folds = false
	name, value, _ := bytes.Cut(line, []byte(":"))
	// By length first: most fields are neither.
	switch {
	case len(name) == 14 && bytes.EqualFold(name, []byte("Content-Length")):
		length, err := strconv.ParseUint(string(bytes.TrimSpace(value)), 10, 63)
		if err != nil {
			length = 0 // net/http refuses it
		}
		f.sized, f.length, f.folds = true, length, true
	case len(name) == 17 && bytes.EqualFold(name, []byte("Transfer-Encoding")):
		f.chunked, f.folds = true, true
	}
}

func (f *framing) headEnds() {
	// HTTP/1.0 knows no chunks, and net/http ignores what says so.
	old := bytes.HasSuffix(bytes.TrimSpace(f.version), []byte("HTTP/1.0"))
	switch {
	case f.chunked && (f.sized || old):
		f.part = closingPart
	case f.chunked:
		f.part = sizePart
	case f.length > 0:
		f.part, f.rest = bodyPart, f.length
	default:
		f.part = blankPart
	}
}

func (f *framing) size(line []byte) {
	digits, _, _ := bytes.Cut(line, []byte(";"))
	size, err := strconv.ParseUint(string(bytes.TrimRight(digits, " \t")), 16, 64)
	switch {
	case err != nil:
		f.part = unknownPart
	case size == 0:
		f.part = trailerPart
	default:
		f.part, f.rest = chunkPart, size
	}
}

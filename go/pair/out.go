// Twin: crates/pair/src/out.rs

package pair

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
)

// Out is where a program prints: buffered, safe for use by many goroutines, flushed by Finish.
type Out struct {
	mu      sync.Mutex
	sink    *bufio.Writer
	failure error
}

// NewOut prints to a writer.
func NewOut(sink io.Writer) *Out {
	return &Out{sink: bufio.NewWriterSize(sink, 1<<16)}
}

// Stdout prints to standard output.
func Stdout() *Out {
	return NewOut(os.Stdout)
}

// Line prints one line.
func (o *Out) Line(format string, values ...any) {
	o.Write(fmt.Appendf(nil, format+"\n", values...))
}

// Write prints bytes as they are.
func (o *Out) Write(text []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failure == nil {
		_, o.failure = o.sink.Write(text)
	}
}

// Check fails once nobody reads the output any more, or it cannot be written.
func (o *Out) Check() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.failure == nil:
		return nil
	case errors.Is(o.failure, syscall.EPIPE):
		return Closed
	default:
		return Failed("cannot write the output: %s", Reason(o.failure))
	}
}

// Finish flushes; it fails like Check.
func (o *Out) Finish() error {
	o.mu.Lock()
	if o.failure == nil {
		o.failure = o.sink.Flush()
	}
	o.mu.Unlock()
	return o.Check()
}

// memory is an Out that keeps what is printed.
func memory() (*Out, *bytes.Buffer) {
	var kept bytes.Buffer
	return NewOut(&kept), &kept
}

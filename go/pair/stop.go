// Twin: crates/pair/src/stop.rs

package pair

import (
	"errors"
	"fmt"
)

// Stop says why a program ends before its work is done.
type Stop struct {
	// Code is the exit code: 2 for a refused line or a wrong call, 1 for a failure, 0 if nobody reads
	// the output any more.
	Code int
	// Line is the number of the line that was refused, from 1, or 0.
	Line int
	// What is wrong; empty if there is nothing to say.
	What string
	// call says that the arguments are not those of the command, whose usage is shown too.
	call bool
}

// Closed ends a program whose output nobody reads any more.
var Closed = &Stop{}

// Usage says that the program was called wrongly.
func Usage(format string, values ...any) *Stop {
	return &Stop{Code: 2, What: fmt.Sprintf(format, values...)}
}

// wrongCall says that the arguments are not those of the command.
func wrongCall(format string, values ...any) *Stop {
	return &Stop{Code: 2, What: fmt.Sprintf(format, values...), call: true}
}

// Failed says that the system or a check failed.
func Failed(format string, values ...any) *Stop {
	return &Stop{Code: 1, What: fmt.Sprintf(format, values...)}
}

// Error returns what stands on stderr, with its end of line.
func (s *Stop) Error() string {
	switch {
	case s.Line > 0:
		return fmt.Sprintf("error: line %d: %s\n", s.Line, s.What)
	case s.What != "":
		return fmt.Sprintf("error: %s\n", s.What)
	default:
		return ""
	}
}

// stopped turns any error into a Stop: one of the system's is a failure.
func stopped(err error) *Stop {
	if err == nil {
		return nil
	}
	if stop, ok := errors.AsType[*Stop](err); ok {
		return stop
	}
	return Failed("%s", Reason(err))
}

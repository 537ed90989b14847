// Twin: crates/pair/src/reason.rs

package pair

import (
	"errors"
	"fmt"
	"syscall"
)

var reasons = map[syscall.Errno]string{
	1:   "operation not permitted",
	2:   "no such file or directory",
	5:   "input/output error",
	9:   "bad file descriptor",
	12:  "out of memory",
	13:  "permission denied",
	17:  "file exists",
	20:  "not a directory",
	21:  "is a directory",
	22:  "invalid argument",
	23:  "too many open files",
	24:  "too many open files",
	27:  "file too large",
	28:  "no space left on device",
	30:  "read-only file system",
	32:  "broken pipe",
	36:  "file name too long",
	40:  "too many levels of symbolic links",
	98:  "address already in use",
	99:  "cannot assign requested address",
	111: "connection refused",
}

// Reason says why the system refused, in the same words in both languages, chosen by the error's number.
func Reason(err error) string {
	number, ok := errors.AsType[syscall.Errno](err)
	if !ok {
		return err.Error()
	}
	if words, ok := reasons[number]; ok {
		return words
	}
	return fmt.Sprintf("system error %d", uint(number))
}

// Twin: crates/destruction/src/lib.rs

// Package destruction opens files and closes them on every way out of a scope.
package destruction

import (
	"io"
	"os"
)

// File is an open file that reports when it is closed.
type File struct {
	handle *os.File
	closed func(path string)
}

// OpenFile returns a file that is open for reading.
//
// If closed panics, this file and the others are closed nevertheless.
func OpenFile(path string, closed func(path string)) (*File, error) {
	handle, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &File{handle, closed}, nil
}

// Path returns the path of the file.
func (f *File) Path() string {
	return f.handle.Name()
}

// ReadAll reads the rest of the file.
func (f *File) ReadAll() ([]byte, error) {
	return io.ReadAll(f.handle)
}

// Close closes the file and reports it.
func (f *File) Close() error {
	// A second call is an error; in Rust it would not compile.
	err := f.handle.Close()
	if err == nil {
		f.closed(f.Path())
	}
	return err
}

// Process works on two files and closes both on every way out, the second one
// first.
func Process(
	paths [2]string, closed func(string), work func(a, b *File) error,
) error {
	first, err := OpenFile(paths[0], closed)
	if err != nil {
		return err
	}
	defer first.Close() // to be remembered; runs when the function ends
	second, err := OpenFile(paths[1], closed)
	if err != nil {
		return err
	}
	defer second.Close()
	return work(first, second)
}

// Forget opens a file that no variable keeps and no code closes.
func Forget(path string) error {
	// It stays open until the collector finds it, at some time or never.
	_, err := os.Open(path)
	return err
}

// Thrown is what Throw throws: a type that no real bug has.
type Thrown struct{}

// Throw panics with a Thrown.
func Throw() {
	panic(Thrown{})
}

// Catch reports whether the work ended in a Thrown; any other panic goes on.
func Catch(work func()) (threw bool) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case Thrown:
			threw = true
		default:
			panic(thrown)
		}
	}()
	work()
	return false
}

// Twin: crates/pair/src/operation.rs

package pair

import (
	"fmt"
	"strings"
)

// Operation is one kind of line in a topic's scripts.
type Operation struct {
	// Word is the line's first word.
	Word string
	// Operands stand behind it.
	Operands []Operand
	// Part is its part in settling.
	Part Part
	// Says what it does, in one sentence.
	Says string
}

// Operand is what may stand behind an operation's word.
type Operand struct {
	// Name is its name in help and messages.
	Name string
	// Kind is its type.
	Kind Kind
	// Min is the smallest value, or the shortest name.
	Min int
	// Max is the largest value, or the longest name.
	Max int
}

// Kind is an operand's type.
type Kind string

const (
	// KindWhole stands for digits.
	KindWhole Kind = "whole"
	// KindSigned stands for digits, with or without a sign.
	KindSigned Kind = "signed"
	// KindID stands for digits that name something alive, from 1.
	KindID Kind = "id"
	// KindName stands for ASCII letters, digits, `_` and `-`.
	KindName Kind = "name"
)

// Part is an operation's part in settling: some answers exist in Go only after a collection.
type Part string

const (
	// PartNone has nothing to do with it.
	PartNone Part = "-"
	// PartReleases lets something go that is freed at once in Rust, at some time in Go.
	PartReleases Part = "releases"
	// PartNeedsSettle has an answer in both languages only after `settle`.
	PartNeedsSettle Part = "needs settle"
	// PartSettles waits until everything released is freed.
	PartSettles Part = "settles"
)

// Whole is a number without a sign.
func Whole(name string, min, max int) Operand {
	return Operand{name, KindWhole, min, max}
}

// Signed is a number with or without a sign.
func Signed(name string, min, max int) Operand {
	return Operand{name, KindSigned, min, max}
}

// ID is a number that names something alive.
func ID(name string) Operand {
	return Operand{name, KindID, 1, 1_000_000_000}
}

// Name is a word of ASCII letters, digits, `_` and `-`.
func Name(name string, longest int) Operand {
	return Operand{name, KindName, 1, longest}
}

// Usage returns the operation's word and its operands' names.
func (o Operation) Usage() string {
	words := []string{o.Word}
	for _, operand := range o.Operands {
		words = append(words, operand.Name)
	}
	return strings.Join(words, " ")
}

// row is one line of the table that `operations` prints.
func (o Operation) row() string {
	operands := "-"
	if len(o.Operands) > 0 {
		var words []string
		for _, operand := range o.Operands {
			words = append(words, operand.String())
		}
		operands = strings.Join(words, " ")
	}
	part := o.Part
	if part == "" {
		part = PartNone
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s", o.Word, operands, part, o.Says)
}

func (o Operand) String() string {
	return fmt.Sprintf("%s:%s:%d..%d", o.Name, o.Kind, o.Min, o.Max)
}

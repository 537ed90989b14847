// Twin: crates/pair/src/facts.rs

package pair

import (
	"fmt"
	"slices"
	"strings"
)

// factsCount is how many things a fact is about, unless a test asks for another number.
const factsCount = 1000

// maxTries is how often a test asks again for facts that were not the same twice.
const maxTries = 5

// Facts are the facts that differ between the languages, a line each.
type Facts struct {
	out   *Out
	count int
}

// NewFacts returns facts that are printed here.
func NewFacts(out *Out) *Facts {
	return FactsAbout(out, factsCount)
}

// FactsAbout returns facts about this many things.
func FactsAbout(out *Out, count int) *Facts {
	return &Facts{out, count}
}

// Count returns how many things a fact is about.
func (f *Facts) Count() int {
	return f.count
}

// Add prints one fact; the other language prints one of the same name.
func (f *Facts) Add(name string, value any) {
	oneLine := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	f.out.Line("%s\t%s", name, oneLine.Replace(fmt.Sprint(value)))
}

// FactsCollect returns the lines that a topic prints about this many things: a measured fact follows their
// number, a literal does not. It repeats until two results are equal, since other goroutines of a test allocate
// too.
func FactsCollect(count int, contrast func(*Facts) error) ([]string, error) {
	lines, err := askOnce(count, contrast)
	for try := 0; try < maxTries && err == nil; try++ {
		before := lines
		lines, err = askOnce(count, contrast)
		if slices.Equal(lines, before) {
			break
		}
	}
	return lines, err
}

func askOnce(count int, contrast func(*Facts) error) ([]string, error) {
	out, kept := memory()
	if err := contrast(FactsAbout(out, count)); err != nil {
		return nil, err
	}
	if err := out.Finish(); err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(kept.String(), "\n"), "\n"), nil
}

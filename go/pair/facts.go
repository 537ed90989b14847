// Twin: crates/pair/src/facts.rs

package pair

import (
	"fmt"
	"strings"
)

// Facts are the facts that differ between the languages, a line each.
type Facts struct {
	out *Out
}

// NewFacts returns facts that are printed here.
func NewFacts(out *Out) *Facts {
	return &Facts{out}
}

// Add tells one fact; the other language tells one of the same name.
func (f *Facts) Add(name string, value any) {
	oneLine := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	f.out.Line("%s\t%s", name, oneLine.Replace(fmt.Sprint(value)))
}

// Twin: crates/escape/src/contrast.rs

package escape

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"memory.example/pairs/pair"
)

func TestTheFactsFollowTheNumberOfCalls(t *testing.T) {
	for _, calls := range []int{50, 100} {
		lines, err := pair.FactsCollect(10*calls, Contrast)
		if err != nil {
			t.Fatal(err)
		}
		for call, each := range map[string]int{"local": 0, "heap": 1, "known": 0, "copied": 1} {
			fact := fmt.Sprintf("allocations of %d calls, %s\t%d", calls, call, each*calls)
			if !slices.Contains(lines, fact) {
				t.Errorf("%s is not in %q", fact, lines)
			}
		}
		once := fmt.Sprintf("allocations of %d calls, 1 to 4 numbers appended and returned\t%d, ", calls, calls)
		if !slices.ContainsFunc(lines, func(fact string) bool { return strings.HasPrefix(fact, once) }) {
			t.Errorf("%s is not in %q", once, lines)
		}
	}
}

// Twin: crates/sharing/src/contrast.rs

package sharing

import (
	"fmt"
	"slices"
	"testing"

	"memory.example/pairs/pair"
)

func TestTheFactsFollowTheNumberOfValues(t *testing.T) {
	for _, c := range []struct{ count, values int }{{201, 3}, {1000, 10}} {
		lines, err := pair.FactsCollect(c.count, Contrast)
		if err != nil {
			t.Fatal(err)
		}
		for _, fact := range []string{
			fmt.Sprintf("freed of %d values when their last workers have ended, and after settle\t0, %d",
				c.values, c.values),
			fmt.Sprintf("weak handles that still find their values before settle\t%d of %d", c.values, c.values),
		} {
			if !slices.Contains(lines, fact) {
				t.Errorf("%s is not in %q", fact, lines)
			}
		}
	}
}

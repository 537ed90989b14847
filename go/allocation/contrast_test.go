// Twin: crates/allocation/src/contrast.rs

package allocation

import (
	"fmt"
	"slices"
	"testing"

	"memory.example/pairs/pair"
)

func TestTheFactsFollowTheNumberOfSlices(t *testing.T) {
	for _, count := range []int{50, 1000} {
		lines, err := pair.FactsCollect(count, Contrast)
		if err != nil {
			t.Fatal(err)
		}
		for _, fact := range []string{
			fmt.Sprintf("allocations of %d, escaping\t%d", count, count),
			fmt.Sprintf("allocations of %d, removable, length 100 at run time\t%d", count, count),
			fmt.Sprintf("allocations of %d, escaping, length 0 at run time\t0", count),
			fmt.Sprintf("freed of %d escaping slices when the loop ends, no collection\t0", count),
		} {
			if !slices.Contains(lines, fact) {
				t.Errorf("%s is not in %q", fact, lines)
			}
		}
	}
}

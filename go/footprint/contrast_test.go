// Twin: crates/footprint/src/contrast.rs

package footprint_test

import (
	"fmt"
	"slices"
	"testing"

	"memory.example/pairs/footprint"
	"memory.example/pairs/pair"
)

func TestTheFactsFollowTheNumberOfNodes(t *testing.T) {
	for _, count := range []int{7, 1000} {
		lines, err := pair.FactsCollect(count, footprint.Contrast)
		if err != nil {
			t.Fatal(err)
		}
		for _, fact := range []string{
			fmt.Sprintf("heap bytes counted for %d nodes with a 64-bit integer\t%d", count, 16*count),
			fmt.Sprintf("freed of %d nodes once the list went, and after settle\t0, %d", count, count),
		} {
			if !slices.Contains(lines, fact) {
				t.Errorf("%s is not in %q", fact, lines)
			}
		}
	}
}

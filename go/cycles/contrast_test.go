// Twin: crates/cycles/src/contrast.rs

package cycles

import (
	"fmt"
	"slices"
	"testing"

	"memory.example/pairs/pair"
)

func TestTheFactsFollowTheNumberOfNodes(t *testing.T) {
	for _, count := range []int{7, 1000} {
		lines, err := pair.FactsCollect(count, Contrast)
		if err != nil {
			t.Fatal(err)
		}
		links := fmt.Sprintf("of %d nodes with strong links both ways", count)
		expected := []string{
			fmt.Sprintf("%s: freed, alive\t%d, 0", links, count),
			fmt.Sprintf("%s, a cleanup on one: freed, alive\t%d, 0", links, count),
			fmt.Sprintf("%s, a finalizer on one: freed, alive\t0, %d", links, count),
			fmt.Sprintf("alive of a chain of %d while its last node is held\t%d", count, count),
			fmt.Sprintf("steps up from the node that is held\t%d", count-1),
		}
		if !slices.Equal(lines, expected) {
			t.Errorf("facts %q", lines)
		}
	}
}

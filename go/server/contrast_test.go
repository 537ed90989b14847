// Twin: crates/server/src/contrast.rs

package server

import (
	"fmt"
	"slices"
	"testing"

	"memory.example/pairs/pair"
)

func TestTheFactsFollowTheNumberOfWorkersAndRequests(t *testing.T) {
	for _, count := range []int{250, 500} {
		lines, err := pair.FactsCollect(count, Contrast)
		if err != nil {
			t.Fatal(err)
		}
		requests := count / 125
		for _, fact := range []string{
			fmt.Sprintf("MiB that %d requests leave, collection off\t%d", requests, requests),
			fmt.Sprintf("MiB that %d requests leave once settled\t0", requests),
		} {
			if !slices.Contains(lines, fact) {
				t.Errorf("%s is not in %q", fact, lines)
			}
		}
	}
}

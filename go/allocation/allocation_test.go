// Twin: crates/allocation/tests/allocation.rs

package allocation_test

import (
	"fmt"
	"testing"

	"memory.example/pairs/allocation"
)

func TestEveryFormAddsUpWhatWasWrittenAndTheLengths(t *testing.T) {
	table := []struct{ count, length, expected int }{
		{0, 100, 0},
		{1, 0, 0},
		{1, 1, 1},
		{3, 1, 6},
		{4, 100, 406},
		{1000, 4, 503_500},
		{1000, 100, 599_500},
	}
	forms := []func(count, length int) int{allocation.Removable, allocation.Observed, allocation.Escaping}
	for _, row := range table {
		for _, form := range forms {
			if got := form(row.count, row.length); got != row.expected {
				t.Errorf("%d of %d: %d", row.count, row.length, got)
			}
		}
	}
}

func TestTheArticleMakesSlicesOfAHundred(t *testing.T) {
	if allocation.Length != 100 {
		t.Error(allocation.Length)
	}
	allocation.AsWritten(3)
}

func ExampleEscaping() {
	fmt.Println(allocation.Escaping(10, allocation.Length))
	// Output: 1045
}

// Twin: crates/deadline/src/contrast.rs

package deadline

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"memory.example/pairs/pair"
)

func TestTheFactsFollowTheNumberOfBirthsAndOrders(t *testing.T) {
	for _, count := range []int{70, 1000} {
		lines, err := pair.FactsCollect(count, Contrast)
		if err != nil {
			t.Fatal(err)
		}
		fact := func(name string) int {
			t.Helper()
			for _, fact := range lines {
				if value, ok := strings.CutPrefix(fact, name+"\t"); ok {
					if number, err := strconv.Atoi(value); err == nil {
						return number
					}
				}
			}
			t.Fatalf("no number is called %s in %q", name, lines)
			return 0
		}
		births, orders := count/10, count*10
		made := fact(fmt.Sprintf("blocks allocated in 60 frames with %d births", births))
		if made < 60*births || made > 62*births {
			t.Errorf("%d blocks for %d births", made, 60*births)
		}
		made = fact(fmt.Sprintf("blocks allocated for %d orders", orders))
		if made < orders/2 || made > 3*orders {
			t.Errorf("%d blocks for %d orders", made, orders)
		}
	}
}

// Twin: crates/deadline/src/levels.rs

package deadline

import (
	"slices"
	"testing"
)

func one(id int) Order {
	return Order{ID: id, Price: 1, Quantity: 1}
}

// stepsOf counts the steps that it takes to do something with this many orders; nothing may be left.
func stepsOf(t *testing.T, name string, act func(*levels, int), count int) int {
	t.Helper()
	levels := newLevels(false)
	act(levels, count)
	if levels.waiting != 0 || len(levels.byRank) != 0 || len(levels.ranks) > 1 {
		t.Errorf("%s: %d wait, %d levels, %d ranks", name, levels.waiting, len(levels.byRank), len(levels.ranks))
	}
	return levels.steps
}

func TestTenTimesAsManyOrdersTakeTenTimesAsManySteps(t *testing.T) {
	cancel := func(l *levels, rank, id int) {
		if left, ok := l.cancel(rank, id); !ok || left != 1 {
			t.Fatalf("cancelled %d, %t of order %d", left, ok, id)
		}
	}
	place := func(l *levels, count int) {
		for id := range count {
			l.add(1, one(id))
		}
	}
	acts := []struct {
		name string
		act  func(*levels, int)
	}{
		{"one price, traded by one", func(l *levels, count int) {
			place(l, count)
			l.fill(&Order{ID: count, Price: 1, Quantity: count}, 1, nil)
		}},
		{"one price, traded one by one", func(l *levels, count int) {
			place(l, count)
			for id := range count {
				order := one(id)
				l.fill(&order, 1, nil)
			}
		}},
		{"one price, cancelled oldest first", func(l *levels, count int) {
			place(l, count)
			for id := range count {
				cancel(l, 1, id)
			}
		}},
		{"one price, cancelled newest first", func(l *levels, count int) {
			place(l, count)
			for id := count - 1; id >= 0; id-- {
				cancel(l, 1, id)
			}
		}},
		{"prices used and cancelled, one stays", func(l *levels, count int) {
			l.add(0, one(-1))
			for id := range count {
				l.add(1+id, one(id))
				cancel(l, 1+id, id)
			}
			cancel(l, 0, -1)
		}},
		{"all prices, then cancelled worst first", func(l *levels, count int) {
			for id := range count {
				l.add(id, one(id))
			}
			for id := count - 1; id >= 0; id-- {
				cancel(l, id, id)
			}
		}},
		{"one price again and again, one stays", func(l *levels, count int) {
			l.add(0, one(-1))
			for id := range count {
				l.add(1, one(id))
				cancel(l, 1, id)
			}
			cancel(l, 0, -1)
		}},
	}
	for _, a := range acts {
		few := stepsOf(t, a.name, a.act, 10_000)
		if few < 10_000 || few > 60_000 {
			t.Errorf("%s: %d steps", a.name, few)
			continue
		}
		if many := stepsOf(t, a.name, a.act, 100_000); many > 11*few {
			t.Errorf("%s: %d steps, then %d", a.name, few, many)
		}
	}
}

func TestWhatIsCancelledDoesNotPileUpBehindOneThatStays(t *testing.T) {
	levels := newLevels(false)
	levels.add(0, one(0))
	for id := 1; id <= 1000; id++ {
		levels.add(0, one(id))
		levels.add(id, one(id))
		levels.cancel(0, id)
		levels.cancel(id, id)
		if orders, ranks := len(levels.byRank[0].orders), len(levels.ranks); orders > 2 || ranks > 3 {
			t.Fatalf("%d orders, %d ranks", orders, ranks)
		}
	}
	for order := range levels.all() {
		if order.ID != 0 {
			t.Errorf("left %+v", order)
		}
	}
}

func TestWhatIsCancelledBetweenTwoThatStayDoesNotPileUp(t *testing.T) {
	levels := newLevels(false)
	levels.add(0, one(0))
	levels.add(0, one(1))
	for id := 2; id <= 1000; id++ {
		levels.add(0, one(id))
		levels.cancel(0, id-1)
		if orders := len(levels.byRank[0].orders); orders > 4 {
			t.Fatalf("%d orders", orders)
		}
	}
	var left []int
	for order := range levels.all() {
		left = append(left, order.ID)
	}
	if want := []int{0, 1000}; !slices.Equal(left, want) {
		t.Errorf("left %d, want %d", left, want)
	}
}

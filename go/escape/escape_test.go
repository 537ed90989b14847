// Twin: crates/escape/tests/escape.rs

package escape_test

import (
	"fmt"
	"slices"
	"testing"

	"memory.example/pairs/escape"
)

func TestANumberIsOneMoreWhereverItLives(t *testing.T) {
	for _, n := range []int{-1, 0, 41, 1_000_000} {
		got := []int{escape.Local(n), *escape.Heap(n), escape.Fleeting(n), escape.Lent(n), escape.Spawned(n)}
		for _, number := range got {
			if number != n+1 {
				t.Errorf("%d: %v", n, got)
			}
		}
	}
}

func TestEachCounterCountsForItself(t *testing.T) {
	a, b := escape.Counter(0), escape.Counter(10)
	if got := []int{a(), a(), b(), a(), b()}; !slices.Equal(got, []int{1, 2, 11, 3, 12}) {
		t.Error(got)
	}
}

func TestAShapeHasOneAreaHoweverItIsAsked(t *testing.T) {
	for _, row := range []struct{ side, area int }{{0, 0}, {1, 1}, {6, 36}, {-3, 9}} {
		square := escape.Square{Side: row.side}
		got := []int{escape.AnyShape(row.side).Area(), escape.AreaOf(square), escape.Measured(row.side)}
		for _, area := range got {
			if area != row.area {
				t.Errorf("%d: %v", row.side, got)
			}
		}
	}
}

func TestAValueOfAnyTypeKeepsItsOwn(t *testing.T) {
	for _, n := range []int{0, 7, 1000} {
		if got, ok := escape.AnyValue(n).(int); !ok || got != n {
			t.Errorf("%d: %d, %t", n, got, ok)
		}
	}
}

func TestSlicesAddUpWhateverIsKnownOfTheirSize(t *testing.T) {
	if got := escape.Known(1); got != 36 {
		t.Error(got)
	}
	for _, row := range []struct{ count, sum int }{{0, 0}, {1, 0}, {4, 6}, {5, 10}, {1000, 499_500}} {
		if unknown, grown := escape.Unknown(row.count), escape.Grown(row.count); unknown != row.sum || grown != row.sum {
			t.Errorf("%d: %d, %d", row.count, unknown, grown)
		}
	}
}

func TestATableHasEachSquareOnce(t *testing.T) {
	for _, row := range []struct{ count, size int }{{0, 0}, {1, 1}, {4, 4}, {1000, 159}, {2000, 159}} {
		if got := escape.Table(row.count); got != row.size {
			t.Errorf("%d: %d", row.count, got)
		}
	}
}

func TestTextsAndCopiesAreNewValues(t *testing.T) {
	if got := escape.Joined(-42); got != "number -42" {
		t.Error(got)
	}
	if got := escape.Copied(1); !slices.Equal(got, []int{1, 2, 3, 4, 5, 6, 7, 8}) {
		t.Error(got)
	}
}

func ExampleCounter() {
	next := escape.Counter(40)
	fmt.Println(next(), next())
	// Output: 41 42
}

// Twin: crates/footprint/tests/footprint.rs

package footprint_test

import (
	"fmt"
	"slices"
	"testing"

	"memory.example/pairs/footprint"
)

func list(values ...int) *footprint.List[int] {
	list := footprint.NewList[int]()
	for _, value := range slices.Backward(values) {
		list.Push(value)
	}
	return list
}

// check demands these values, and the length that belongs to them.
func check(t *testing.T, list *footprint.List[int], values ...int) {
	t.Helper()
	if got := slices.Collect(list.Values()); !slices.Equal(got, values) {
		t.Errorf("values are %v, want %v", got, values)
	}
	if list.Length() != len(values) {
		t.Errorf("length is %d, want %d", list.Length(), len(values))
	}
}

func TestPushAndPopWorkInFront(t *testing.T) {
	list := list()
	if value, ok := list.Pop(); ok {
		t.Errorf("popped %d from an empty list", value)
	}
	for value := 1; value <= 3; value++ {
		list.Push(value)
	}
	for want := 3; want >= 1; want-- {
		value, ok := list.Pop()
		if value != want || !ok || list.Length() != want-1 {
			t.Errorf("popped %d, %t of %d, want %d", value, ok, list.Length(), want)
		}
	}
	if value, ok := list.Pop(); ok || list.Length() != 0 {
		t.Errorf("popped %d from an empty list", value)
	}
}

func TestInsertReachesUpToTheEnd(t *testing.T) {
	tests := []struct {
		at      int
		reaches bool
		after   []int
	}{
		{0, true, []int{9, 1, 2}},
		{1, true, []int{1, 9, 2}},
		{2, true, []int{1, 2, 9}},
		{3, false, []int{1, 2}},
		{1_000_000, false, []int{1, 2}},
		{-1, false, []int{1, 2}}, // only here: Rust's places have no sign
	}
	for _, test := range tests {
		list := list(1, 2)
		if got := list.Insert(test.at, 9); got != test.reaches {
			t.Errorf("Insert(%d) = %t", test.at, got)
		}
		check(t, list, test.after...)
	}
}

func TestRemoveTakesWhatIsThere(t *testing.T) {
	tests := []struct {
		at    int
		taken int
		ok    bool
		after []int
	}{
		{0, 1, true, []int{2, 3}},
		{1, 2, true, []int{1, 3}},
		{2, 3, true, []int{1, 2}},
		{3, 0, false, []int{1, 2, 3}},
		{1_000_000, 0, false, []int{1, 2, 3}},
		{-1, 0, false, []int{1, 2, 3}}, // only here: Rust's places have no sign
	}
	for _, test := range tests {
		list := list(1, 2, 3)
		if taken, ok := list.Remove(test.at); taken != test.taken || ok != test.ok {
			t.Errorf("Remove(%d) = %d, %t", test.at, taken, ok)
		}
		check(t, list, test.after...)
	}
}

func TestReverseTurnsRound(t *testing.T) {
	tests := []struct{ before, after []int }{
		{nil, nil},
		{[]int{1}, []int{1}},
		{[]int{1, 2}, []int{2, 1}},
		{[]int{1, 2, 3}, []int{3, 2, 1}},
	}
	for _, test := range tests {
		list := list(test.before...)
		list.Reverse()
		check(t, list, test.after...)
	}
}

func TestRetainKeepsWhatItIsToldTo(t *testing.T) {
	tests := []struct{ before, after []int }{
		{nil, nil},
		{[]int{1, 3}, nil},
		{[]int{2, 4}, []int{2, 4}},
		{[]int{1, 2, 3, 4}, []int{2, 4}},
		{[]int{2, 1, 1, 4, 1}, []int{2, 4}},
	}
	for _, test := range tests {
		list := list(test.before...)
		list.Retain(func(value int) bool { return value%2 == 0 })
		check(t, list, test.after...)
	}
}

func TestValuesMayStopEarly(t *testing.T) {
	list := list(1, 2, 3)
	for value := range list.Values() {
		if value != 1 {
			t.Errorf("first is %d", value)
		}
		break
	}
	check(t, list, 1, 2, 3)
}

func TestClearLeavesAnEmptyList(t *testing.T) {
	list := list(1, 2, 3)
	list.Clear()
	check(t, list)
	list.Push(4)
	check(t, list, 4)
}

func TestAMillionNodesGoWithoutRecursion(t *testing.T) {
	list := list()
	for value := range 1_000_000 {
		list.Push(value)
	}
	list.Retain(func(value int) bool { return value%2 == 0 })
	list.Reverse()
	sum := 0
	for value := range list.Values() {
		sum += value
	}
	if list.Length() != 500_000 || sum != 249_999_500_000 {
		t.Errorf("%d nodes, sum %d", list.Length(), sum)
	}
	list.Clear()
	check(t, list)
}

// panicOf returns what the work panics with.
func panicOf(work func()) (panicked any) {
	defer func() { panicked = recover() }()
	work()
	return nil
}

func TestAPanicOfThePredicateLeavesAWholeList(t *testing.T) {
	// Of this many values every second one goes, until the panic comes in this call.
	tests := []struct{ count, call, left int }{
		{10, 1, 10},
		{10, 3, 9},
		{10, 10, 6},
		{1_000_000, 3, 999_999},
		{1_000_000, 1_000_000, 500_001},
	}
	for _, test := range tests {
		list := list()
		for value := test.count - 1; value >= 0; value-- {
			list.Push(value)
		}
		calls := 0
		panicked := panicOf(func() {
			list.Retain(func(value int) bool {
				calls++
				if calls == test.call {
					panic("on purpose")
				}
				return value%2 == 0
			})
		})
		if panicked != "on purpose" {
			t.Errorf("%+v: %v", test, panicked)
		}
		if got := len(slices.Collect(list.Values())); list.Length() != test.left || got != test.left {
			t.Errorf("%+v: length %d, %d values", test, list.Length(), got)
		}
		list.Retain(func(value int) bool { return value%2 == 0 })
		var even []int
		for value := 0; value < test.count; value += 2 {
			even = append(even, value)
		}
		if got := slices.Collect(list.Values()); !slices.Equal(got, even) || list.Length() != len(even) {
			t.Errorf("%+v: %d values, length %d", test, len(got), list.Length())
		}
	}
}

// only here: Rust's compiler refuses these programs.
func TestAListThatChangesWhileItIsWalkedSaysSo(t *testing.T) {
	const says = "footprint: the list changed while it was walked"
	changes := map[string]func(*footprint.List[int]){
		"push":    func(l *footprint.List[int]) { l.Push(9) },
		"pop":     func(l *footprint.List[int]) { l.Pop() },
		"insert":  func(l *footprint.List[int]) { l.Insert(2, 9) },
		"remove":  func(l *footprint.List[int]) { l.Remove(0) },
		"reverse": func(l *footprint.List[int]) { l.Reverse() },
		"retain":  func(l *footprint.List[int]) { l.Retain(func(value int) bool { return value != 3 }) },
		"clear":   func(l *footprint.List[int]) { l.Clear() },
	}
	for name, change := range changes {
		for walk, walks := range map[string]func(*footprint.List[int]){
			"retain": func(l *footprint.List[int]) {
				l.Retain(func(value int) bool {
					if value == 2 {
						change(l)
					}
					return value != 2
				})
			},
			"values": func(l *footprint.List[int]) {
				for value := range l.Values() {
					if value == 2 {
						change(l)
					}
				}
			},
		} {
			walked, changed := list(1, 2, 3, 4), list(1, 2, 3, 4)
			if panicked := panicOf(func() { walks(walked) }); panicked != says {
				t.Errorf("%s in %s: %v", name, walk, panicked)
			}
			// All that has happened is the change itself.
			change(changed)
			check(t, walked, slices.Collect(changed.Values())...)
		}
	}
	list := list(1, 2, 3)
	for range list.Values() {
		list.Pop() // Nobody walks on from here.
		break
	}
	check(t, list, 2, 3)
}

func ExampleList() {
	list := footprint.NewList[string]()
	for _, word := range []string{"c", "b", "a"} {
		list.Push(word)
	}
	list.Remove(1)
	list.Reverse()
	fmt.Println(list.Length(), slices.Collect(list.Values()))
	// Output: 2 [c a]
}

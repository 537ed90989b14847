// Twin: crates/reclaim/tests/reclaim.rs

package reclaim_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"memory.example/pairs/reclaim"
)

// newWindow returns a window of small buffers, each filled with its own number.
func newWindow(places, made int) *reclaim.Window[[]byte] {
	window := reclaim.NewWindow[[]byte](places)
	for number := range made {
		window.Keep(reclaim.Filled(2, byte(number+1)))
	}
	return window
}

// kept returns the numbers of the buffers that the window keeps.
func kept(window *reclaim.Window[[]byte]) []int {
	var numbers []int
	for number := range window.Made() + 2 {
		if data, _ := window.Get(number); len(data) > 0 {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

func TestEveryByteOfAFilledBufferIsWritten(t *testing.T) {
	cases := []struct {
		size int
		b    byte
		sum  int
	}{{0, 1, 0}, {1, 255, 255}, {3, 7, 21}, {1024, 1, 1024}}
	for _, c := range cases {
		data := reclaim.Filled(c.size, c.b)
		if len(data) != c.size || reclaim.Sum(data) != c.sum {
			t.Errorf("%d bytes of %d: length %d, sum %d", c.size, c.b, len(data), reclaim.Sum(data))
		}
	}
}

func TestEachBufferIsUsedBeforeTheNextIsMade(t *testing.T) {
	var made byte
	var used [][2]byte
	newData := func() []byte {
		made++
		return reclaim.Filled(1, made)
	}
	reclaim.AllocateData(3, newData, func(data []byte) { used = append(used, [2]byte{made, data[0]}) })
	if !slices.Equal(used, [][2]byte{{1, 1}, {2, 2}, {3, 3}}) {
		t.Errorf("made and used: %v", used)
	}
}

func TestAWindowKeepsTheNewest(t *testing.T) {
	cases := []struct {
		places, made int
		kept         []int
	}{
		{0, 2, []int{2}},
		{-1, 2, []int{2}}, // only here: Rust's sizes have no sign
		{3, 0, nil},
		{3, 2, []int{1, 2}},
		{3, 3, []int{1, 2, 3}},
		{3, 7, []int{5, 6, 7}},
		{1, 9, []int{9}},
	}
	for _, c := range cases {
		window := newWindow(c.places, c.made)
		if got := kept(window); !slices.Equal(got, c.kept) {
			t.Errorf("%d of %d keep %v, want %v", c.places, c.made, got, c.kept)
		}
		if window.Size() != max(c.places, 1) || window.Made() != c.made {
			t.Errorf("size %d, made %d", window.Size(), window.Made())
		}
	}
}

func TestANumberLeadsToItsBuffer(t *testing.T) {
	window := newWindow(3, 5)
	for number, want := range map[int]byte{3: 3, 5: 5} {
		if data, ok := window.Get(number); !ok || data[0] != want {
			t.Errorf("buffer %d: %v, %t", number, data, ok)
		}
	}
	for _, number := range []int{2, 6, 0} {
		if data, ok := window.Get(number); ok {
			t.Errorf("buffer %d: %v", number, data)
		}
	}
}

func TestReleaseEmptiesOnePlace(t *testing.T) {
	window := newWindow(3, 5)
	for _, number := range []int{0, 2, 4, 4, 6} {
		window.Release(number)
	}
	if got := kept(window); !slices.Equal(got, []int{3, 5}) {
		t.Errorf("kept %v", got)
	}
}

func TestClearEmptiesEveryPlace(t *testing.T) {
	window := newWindow(3, 5)
	window.Clear()
	if got := kept(window); got != nil {
		t.Errorf("kept %v", got)
	}
	number := window.Keep(reclaim.Filled(2, 6))
	if got := kept(window); number != 6 || !slices.Equal(got, []int{6}) {
		t.Errorf("number %d, kept %v", number, got)
	}
}

func TestResizeKeepsTheNewest(t *testing.T) {
	cases := []struct {
		before, made, after int
		kept                []int
	}{
		{3, 5, 0, []int{5}},
		{3, 5, -1, []int{5}}, // only here: Rust's sizes have no sign
		{3, 5, 2, []int{4, 5}},
		{3, 5, 3, []int{3, 4, 5}},
		{3, 5, 9, []int{3, 4, 5}},
		{9, 5, 1, []int{5}},
		{9, 5, 8, []int{1, 2, 3, 4, 5}},
		{3, 0, 1, nil},
	}
	for _, c := range cases {
		window := newWindow(c.before, c.made)
		window.Resize(c.after)
		if got := kept(window); !slices.Equal(got, c.kept) || window.Size() != max(c.after, 1) {
			t.Errorf("%d to %d: size %d, kept %v, want %v", c.before, c.after, window.Size(), got, c.kept)
		}
		if number := window.Keep(reclaim.Filled(2, 1)); number != c.made+1 {
			t.Errorf("number %d after %d", number, c.made)
		}
	}
}

// panicOf returns what the work panics with.
func panicOf(work func()) (panicked any) {
	defer func() { panicked = recover() }()
	work()
	return nil
}

func TestASizeThatNoBlockCanHaveIsAPanic(t *testing.T) {
	for _, size := range []int{math.MaxInt, math.MaxInt / 2} {
		window := newWindow(3, 5)
		for name, work := range map[string]func(){
			"filled": func() { reclaim.Filled(size, 1) },
			"new":    func() { reclaim.NewWindow[[]byte](size) },
			"resize": func() { window.Resize(size) },
		} {
			if panicOf(work) == nil {
				t.Errorf("%s of %d bytes", name, size)
			}
		}
		if got := kept(window); !slices.Equal(got, []int{3, 4, 5}) {
			t.Errorf("kept %v", got)
		}
	}
	if panicOf(func() { reclaim.Filled(-1, 1) }) == nil { // only here: Rust's sizes have no sign
		t.Error("a buffer of -1 bytes")
	}
}

func TestAPanicOfTheWorkIsPassedOnAndFreesTheBuffer(t *testing.T) {
	made := byte(0)
	newData := func() []byte {
		made++
		return reclaim.Filled(1, made)
	}
	panicked := panicOf(func() {
		reclaim.AllocateData(3, newData, func(data []byte) {
			if data[0] == 2 {
				panic("on purpose")
			}
		})
	})
	if panicked != "on purpose" || made != 2 {
		t.Errorf("%v after %d", panicked, made)
	}
}

func ExampleWindow_Keep() {
	window := reclaim.NewWindow[[]byte](2)
	for number := range 3 {
		window.Keep(reclaim.Filled(1024, byte(number+1)))
	}
	_, first := window.Get(1)
	last, _ := window.Get(3)
	fmt.Println(first, reclaim.Sum(last))
	// Output: false 3072
}

// Twin: crates/pauses/tests/pauses.rs

package pauses_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"memory.example/pairs/pauses"
)

// newSessions returns sessions whose visits are numbered from 1.
func newSessions(count int) *pauses.Sessions[int] {
	sessions := pauses.NewSessions[int]()
	visits := 0
	for range count {
		sessions.Open(func() int {
			visits++
			return visits
		})
	}
	return sessions
}

func zero() int { return 0 }

func TestANewSessionHasAFullHistory(t *testing.T) {
	sessions := newSessions(2)
	if sessions.Live() != 2 {
		t.Errorf("%d live", sessions.Live())
	}
	for key, want := range map[int][]int{1: {4, 3, 2, 1}, 2: {8, 7, 6, 5}} {
		if got := sessions.History(key); !slices.Equal(got, want) {
			t.Errorf("history of %d: %v, want %v", key, got, want)
		}
	}
}

func TestARequestTakesThePlaceOfTheOldestVisit(t *testing.T) {
	sessions := newSessions(1)
	for visit := 10; visit < 15; visit++ {
		want := bytes.Repeat([]byte{byte(visit - 4)}, pauses.Page)
		if page, ok := sessions.Request(1, visit); !ok || !bytes.Equal(page, want) {
			t.Errorf("visit %d: %t, page %v", visit, ok, page)
		}
	}
	if got := sessions.History(1); !slices.Equal(got, []int{14, 13, 12, 11}) {
		t.Errorf("history %v", got)
	}
}

func TestARequestWithoutASessionIsNotAnswered(t *testing.T) {
	sessions := newSessions(1)
	for _, key := range []int{-1, 0, 2} {
		if page, ok := sessions.Request(key, 10); ok || page != nil {
			t.Errorf("key %d: %v", key, page)
		}
		if got := sessions.History(key); got != nil {
			t.Errorf("history of %d: %v", key, got)
		}
	}
}

func TestTheSameSeedDrawsTheSameKeys(t *testing.T) {
	cases := []struct {
		count    int
		seed     uint64
		checksum int
	}{{0, 1, 0}, {1, 1, 10}, {1000, 7, 856_686_704}}
	for _, c := range cases {
		if got := newSessions(10).Requests(c.count, c.seed, zero); got != c.checksum {
			t.Errorf("%d requests: checksum %d, want %d", c.count, got, c.checksum)
		}
	}
	if got := newSessions(0).Requests(10, 1, zero); got != 0 {
		t.Errorf("checksum %d of no pages", got)
	}
}

func TestKeysAreDrawnAmongTheOpenSessions(t *testing.T) {
	sessions := newSessions(10)
	for range 7 {
		sessions.Close()
	}
	var lots uint64 = 1
	drawn := map[int]int{}
	for range 1000 {
		drawn[sessions.Draw(&lots)]++
	}
	if len(drawn) != 3 || drawn[8] <= 250 || drawn[9] <= 250 || drawn[10] <= 250 {
		t.Errorf("drawn %v", drawn)
	}
}

func TestCloseTakesTheOldestSession(t *testing.T) {
	sessions := newSessions(2)
	for _, want := range [][3]int{{1, 0, 4}, {0, 0, 0}, {0, 0, 0}} {
		sessions.Close()
		got := [3]int{sessions.Live(), len(sessions.History(1)), len(sessions.History(2))}
		if got != want {
			t.Errorf("live and histories %v, want %v", got, want)
		}
	}
}

func TestCloseAllTakesEverySession(t *testing.T) {
	sessions := newSessions(3)
	sessions.CloseAll()
	if sessions.Live() != 0 {
		t.Errorf("%d live", sessions.Live())
	}
	for key := range 4 {
		if got := sessions.History(key); got != nil {
			t.Errorf("history of %d: %v", key, got)
		}
	}
	var lots uint64 = 1
	if opened, drawn := sessions.Open(zero), sessions.Draw(&lots); opened != 4 || drawn != 4 {
		t.Errorf("opened %d, drew %d", opened, drawn)
	}
}

func ExampleSessions_Request() {
	sessions := pauses.NewSessions[string]()
	key := sessions.Open(func() string { return "before" })
	page, _ := sessions.Request(key, "now")
	fmt.Println(len(page), sessions.History(key))
	// Output: 1024 [now before before before]
}

func TestAPanicOfTheVisitorOpensNothingAndLosesNothing(t *testing.T) {
	for place := 1; place <= 4; place++ {
		sessions := newSessions(2)
		calls := 0
		visit := func() int {
			calls++
			if calls == place {
				panic("on purpose")
			}
			return 0
		}
		panicOf := func(work func()) (panicked any) {
			defer func() { panicked = recover() }()
			work()
			return nil
		}
		if panicOf(func() { sessions.Open(visit) }) != "on purpose" || sessions.Live() != 2 {
			t.Errorf("visit %d: %d live", place, sessions.Live())
		}
		if key := sessions.Open(zero); key != 3 || !slices.Equal(sessions.History(2), []int{8, 7, 6, 5}) {
			t.Errorf("visit %d: key %d, history %v", place, key, sessions.History(2))
		}
		calls = 0
		if panicOf(func() { sessions.Requests(10, 1, visit) }) != "on purpose" {
			t.Errorf("visit %d: no panic", place)
		}
		for key := 1; key <= 3; key++ {
			if got := len(sessions.History(key)); got != 4 {
				t.Errorf("visit %d: %d visits of session %d", place, got, key)
			}
		}
	}
}

// only here: Rust's compiler refuses these programs.
func TestAVisitorMayChangeTheSessions(t *testing.T) {
	sessions := newSessions(2)
	opened := 0
	key := sessions.Open(func() int {
		opened = sessions.Open(zero)
		return 9
	})
	if key != opened+1 || sessions.Live() != 7 || !slices.Equal(sessions.History(key), []int{9, 9, 9, 9}) {
		t.Errorf("key %d behind %d, %d live, history %v", key, opened, sessions.Live(), sessions.History(key))
	}
	sum := sessions.Requests(10, 1, func() int {
		sessions.CloseAll()
		return 0
	})
	if sum != 0 || sessions.Live() != 0 {
		t.Errorf("checksum %d, %d live", sum, sessions.Live())
	}
}

package server

import (
	"testing"
	"time"
)

func TestAnAlarmRingsAtWhatWasWantedLast(t *testing.T) {
	got := make(chan time.Time, 9)
	set := func(deadline time.Time) error {
		got <- deadline
		return nil
	}
	alarm := alarm{set: set, born: time.Now()}
	defer alarm.stop()
	soon := func() time.Time { return time.Now().Add(500 * time.Millisecond) }
	alarm.want(soon())
	alarm.want(time.Now().Add(time.Hour))
	time.Sleep(700 * time.Millisecond)
	if len(got) > 0 {
		t.Fatalf("got %v, though that is no longer wanted", <-got)
	}
	alarm.want(soon())
	select {
	case deadline := <-got:
		if deadline.After(time.Now()) {
			t.Errorf("got %v, which is not over", deadline)
		}
	case <-time.After(time.Minute):
		t.Fatal("got nothing")
	}
	alarm.want(time.Time{})
	if deadline := <-got; !deadline.IsZero() {
		t.Errorf("got %v, want none", deadline)
	}
	longAgo := time.Unix(1, 0)
	alarm.want(longAgo)
	if deadline := <-got; !deadline.Equal(longAgo) {
		t.Errorf("got %v, want it at once", deadline)
	}
}

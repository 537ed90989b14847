package server

import (
	"testing"
	"time"
)

func TestAnAlarmRingsAtWhatWasWantedLast(t *testing.T) {
	told := make(chan time.Time, 9)
	set := func(deadline time.Time) error {
		told <- deadline
		return nil
	}
	alarm := alarm{set: set, born: time.Now()}
	defer alarm.stop()
	soon := func() time.Time { return time.Now().Add(10 * time.Millisecond) }
	alarm.want(soon())
	alarm.want(time.Now().Add(time.Hour))
	time.Sleep(50 * time.Millisecond)
	if len(told) > 0 {
		t.Fatalf("told %v, though that is no longer wanted", <-told)
	}
	alarm.want(soon())
	select {
	case deadline := <-told:
		if deadline.After(time.Now()) {
			t.Errorf("told %v, which is not over", deadline)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("told nothing")
	}
	alarm.want(time.Time{})
	if deadline := <-told; !deadline.IsZero() {
		t.Errorf("told %v, want none", deadline)
	}
	longAgo := time.Unix(1, 0)
	alarm.want(longAgo)
	if deadline := <-told; !deadline.Equal(longAgo) {
		t.Errorf("told %v, want it at once", deadline)
	}
}

package server

import (
	"testing"
	"time"
)

// alarmed keeps what an alarm sets.
type alarmed struct {
	reads  chan time.Time
	writes chan time.Time
}

func (a alarmed) SetReadDeadline(deadline time.Time) error {
	a.reads <- deadline
	return nil
}

func (a alarmed) SetWriteDeadline(deadline time.Time) error {
	a.writes <- deadline
	return nil
}

func startAlarm(t *testing.T, answer time.Duration) (*alarm, alarmed) {
	got := alarmed{make(chan time.Time, 9), make(chan time.Time, 9)}
	alarm := &alarm{connection: got, answer: answer, born: time.Now()}
	t.Cleanup(alarm.stop)
	return alarm, got
}

func soon() time.Time {
	return time.Now().Add(time.Second)
}

func wantOver(t *testing.T, got <-chan time.Time) {
	t.Helper()
	select {
	case deadline := <-got:
		if deadline.IsZero() || deadline.After(time.Now()) {
			t.Errorf("got %v, which is not over", deadline)
		}
	case <-time.After(time.Minute):
		t.Fatal("got nothing")
	}
}

func TestAnAlarmRingsAtWhatWasWantedLast(t *testing.T) {
	alarm, got := startAlarm(t, time.Hour)
	alarm.want(soon())
	alarm.want(time.Now().Add(time.Hour))
	time.Sleep(1300 * time.Millisecond)
	if len(got.reads) > 0 {
		t.Fatalf("got %v, though that is no longer wanted", <-got.reads)
	}
	alarm.want(soon())
	wantOver(t, got.reads)
	alarm.want(time.Time{})
	if deadline := <-got.reads; !deadline.IsZero() {
		t.Errorf("got %v, want none", deadline)
	}
	longAgo := time.Unix(1, 0)
	alarm.want(longAgo)
	if deadline := <-got.reads; !deadline.Equal(longAgo) {
		t.Errorf("got %v, want it at once", deadline)
	}
}

func TestAnAnswerMayTakeLongerThanReading(t *testing.T) {
	alarm, got := startAlarm(t, 500*time.Millisecond)
	asked := time.Now()
	alarm.want(soon())
	wantOver(t, got.reads)
	wantOver(t, got.writes)
	if took := time.Since(asked); took < time.Second {
		t.Errorf("writing was over after %v", took)
	}
}

func TestAnAnswerMayTakeUntilItsEndWhenNothingIsRead(t *testing.T) {
	alarm, got := startAlarm(t, 500*time.Millisecond)
	alarm.want(soon())
	alarm.want(time.Time{})
	wantOver(t, got.writes)
	if len(got.reads) > 0 {
		t.Errorf("got %v, though none was wanted", <-got.reads)
	}
}

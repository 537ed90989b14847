// Twin: crates/pair/src/clock.rs

package pair

import (
	"time"

	"golang.org/x/sys/unix"
)

// ProcessCPU returns the CPU time of this process, all its threads together.
func ProcessCPU() time.Duration {
	return readClock(unix.CLOCK_PROCESS_CPUTIME_ID)
}

// ThreadCPU returns the CPU time of this thread; the goroutine has to be locked to it.
func ThreadCPU() time.Duration {
	return readClock(unix.CLOCK_THREAD_CPUTIME_ID)
}

// SleepThread lets this thread sleep in the system, not the goroutine in the runtime.
func SleepThread(t time.Duration) {
	rest := unix.NsecToTimespec(max(t, 0).Nanoseconds())
	for unix.Nanosleep(&rest, &rest) == unix.EINTR {
		// A signal woke it early; the rest is known.
	}
}

func readClock(clock int32) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(clock, &now); err != nil {
		return 0
	}
	return time.Duration(now.Nano())
}

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

func readClock(clock int32) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(clock, &now); err != nil {
		return 0
	}
	return time.Duration(now.Nano())
}

// Twin: crates/pair/src/clock.rs

//go:build !linux

package pair

import "time"

// ProcessCPU returns nothing: only Linux is asked for CPU time.
func ProcessCPU() time.Duration {
	return 0
}

// ThreadCPU returns nothing: only Linux is asked for CPU time.
func ThreadCPU() time.Duration {
	return 0
}

// SleepThread lets the goroutine sleep: only Linux is asked for the thread.
func SleepThread(t time.Duration) {
	time.Sleep(t)
}

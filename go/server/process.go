// Twin: crates/server/src/process.rs

package server

import (
	"os"
	"strconv"
	"strings"
)

// threads returns how many threads the process has.
func threads() int {
	return status("Threads:")
}

// status returns a number that Linux tells of the process; 0 elsewhere.
func status(label string) int {
	text, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(text), "\n"+label)
	line, _, _ := strings.Cut(rest, "\n")
	words := strings.Fields(line)
	if len(words) == 0 {
		return 0
	}
	number, _ := strconv.Atoi(words[0])
	return number
}

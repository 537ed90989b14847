// Twin: crates/pair/src/process.rs

package pair

import (
	"os"
	"strconv"
	"strings"
)

// ResidentBytes returns the memory that is resident now, in bytes, exactly; it needs Linux's /proc.
func ResidentBytes() (int, bool) {
	return kibibytes("/proc/self/smaps_rollup", "Rss:")
}

// processFigures returns peak and present memory, page faults and context switches until now.
func processFigures() map[string]any {
	const status = "/proc/self/status"
	figures := map[string]any{}
	note := func(name string, figure int, ok bool) {
		if ok {
			figures[name] = figure
		}
	}
	figure, ok := kibibytes(status, "VmHWM:")
	note("peak_bytes", figure, ok)
	figure, ok = ResidentBytes()
	note("resident_bytes", figure, ok)
	figure, ok = field(status, "voluntary_ctxt_switches:")
	note("voluntary_switches", figure, ok)
	figure, ok = field(status, "nonvoluntary_ctxt_switches:")
	note("involuntary_switches", figure, ok)
	figure, ok = stat(10)
	note("minor_faults", figure, ok)
	figure, ok = stat(12)
	note("major_faults", figure, ok)
	return figures
}

func kibibytes(path, label string) (int, bool) {
	figure, ok := field(path, label)
	return figure * 1024, ok
}

func field(path, label string) (int, bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, label); ok {
			return number(strings.Fields(rest), 0)
		}
	}
	return 0, false
}

// stat returns a field of /proc/self/stat, counted as proc(5) does; the program's name is the second.
func stat(place int) (int, bool) {
	text, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0, false
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	return number(strings.Fields(rest), place-3)
}

func number(words []string, place int) (int, bool) {
	if place >= len(words) {
		return 0, false
	}
	figure, err := strconv.Atoi(words[place])
	return figure, err == nil
}

// Replaces go/cmd/footprint/main.go, and with another name the main of another topic: runs each case, and prints
// to standard error how many blocks the memory profile at rate 1 counted meanwhile.
package main

import (
	"fmt"
	"os"
	"runtime"

	"memory.example/pairs/footprint"
	"memory.example/pairs/pair"
)

// profiledBlocks returns how many blocks the memory profile has counted until now.
func profiledBlocks() (objects int64) {
	// The figures of the profile are up to two collections old.
	runtime.GC()
	runtime.GC()
	records := make([]runtime.MemProfileRecord, 10_000)
	count, ok := runtime.MemProfile(records, true)
	if !ok {
		panic("more records than expected")
	}
	for _, record := range records[:count] {
		objects += record.AllocObjects
	}
	return objects
}

func main() {
	runtime.MemProfileRate = 1
	for place := range footprint.Cases {
		measured := &footprint.Cases[place]
		run := measured.Run
		measured.Run = func(bench *pair.Bench) error {
			before := profiledBlocks()
			err := run(bench)
			fmt.Fprintln(os.Stderr, profiledBlocks()-before)
			return err
		}
	}
	pair.Main(pair.Topic{Name: "footprint", Cases: footprint.Cases})
}

// The program of the topic footprint, whose cases tell how many blocks the memory profile at rate 1
// saw while they ran. It stands in for go/cmd/footprint/main.go, and for other topics' as well.
package main

import (
	"fmt"
	"os"
	"runtime"

	"memory.example/pairs/footprint"
	"memory.example/pairs/pair"
)

// profiled returns how many blocks the profile saw until now.
func profiled() (objects int64) {
	// What the profile tells is up to two collections old.
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
			before := profiled()
			err := run(bench)
			fmt.Fprintln(os.Stderr, profiled()-before)
			return err
		}
	}
	pair.Main(pair.Topic{Name: "footprint", Cases: footprint.Cases})
}

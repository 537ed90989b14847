// Twin: crates/server/src/tasks.rs

package server

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"memory.example/pairs/pair"
)

const (
	// taskThreads is how many threads there are for all tasks.
	taskThreads = 2
	// starting is by how much later the instant is for each further task, so that all are started before it.
	starting = 3 * time.Microsecond
)

var taskCases = []pair.Case{
	taskCase(
		"tasks",
		"starts SCALE tasks that all sleep until one instant, on two threads; one sample only",
		func(number int, instant time.Time, done func(int)) {
			go func() {
				time.Sleep(time.Until(instant))
				done(number)
			}()
		},
	),
	taskCase(
		"tasks_1k",
		"does the same with 1 KiB of each task's own that it needs before and after",
		func(number int, instant time.Time, done func(int)) {
			go func() {
				var own [1024]byte
				fill(own[:], byte(number))
				time.Sleep(time.Until(instant))
				done(number - int(byte(number)) + int(own[0]))
			}()
		},
	),
	taskCase("tasks_2k", "does the same with 2 KiB", func(number int, instant time.Time, done func(int)) {
		go func() {
			var own [2048]byte
			fill(own[:], byte(number))
			time.Sleep(time.Until(instant))
			done(number - int(byte(number)) + int(own[0]))
		}()
	}),
	taskCase(
		"tasks_timer",
		"does the same as tasks; in Go timers that call a function, instead of goroutines",
		func(number int, instant time.Time, done func(int)) {
			time.AfterFunc(time.Until(instant), func() { done(number) })
		},
	),
}

func taskCase(name, says string, start func(number int, instant time.Time, done func(int))) pair.Case {
	run := func(bench *pair.Bench) error { return measureTasks(bench, start) }
	return pair.Case{Name: name, Unit: "bytes", Says: says, Scale: 100_000, Max: 1_000_000, Run: run}
}

func measureTasks(bench *pair.Bench, start func(number int, instant time.Time, done func(int))) error {
	bench.Once()
	sample := bench.NextSample()
	if sample == nil {
		return nil
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(taskThreads))
	if resident, ok := pair.ResidentBytes(); ok {
		sample.Set("resident_before_bytes", resident)
	}
	count := bench.Scale
	instant := time.Now().Add(10*time.Millisecond + starting*time.Duration(count))
	var sum, ended atomic.Int64
	var running sync.WaitGroup
	running.Add(count)
	done := func(number int) {
		sum.Add(int64(number))
		ended.Add(1)
		running.Done()
	}
	for number := range count {
		start(number, instant, done)
	}
	// Shortly before the instant all tasks wait.
	time.Sleep(time.Until(instant) - 2*time.Millisecond)
	if resident, ok := pair.ResidentBytes(); ok {
		sample.Set("resident_after_bytes", resident)
	}
	running.Wait()
	answer := sum.Load() + ended.Load()
	bench.Answer(answer)
	sample.Answers(answer)
	bench.Report(sample)
	return nil
}

// fill writes every byte.
//
//go:noinline
func fill(bytes []byte, value byte) {
	for i := range bytes {
		bytes[i] = value
	}
}

// Twin: crates/sharing/src/lib.rs

// Package sharing is one value that many workers share, freed once after the
// last.
package sharing

import (
	"runtime"
	"sync"
)

// Share lets workers share a value, waits for all, and returns their results.
func Share[T, R any](value *T, workers int, work func(int, *T) R) []R {
	results := make([]R, workers)
	var running sync.WaitGroup
	for worker := range workers {
		// Each goroutine has the pointer: that alone keeps the value alive.
		running.Go(func() { results[worker] = work(worker, value) })
	}
	running.Wait()
	return results
}

// CloneAndDrop makes a further handle of a value and drops it, so many times;
// returns how many handles it made.
func CloneAndDrop[T any](value *T, times int) int {
	made := 0
	for range times {
		// A handle is a pointer: nobody counts how many there are.
		handle := value
		made++
		runtime.KeepAlive(handle)
	}
	return made
}

// Ask asks a worker; its answer comes through the channel.
func Ask[T, R any](worker *Worker[T], question func(*T) R) <-chan R {
	answer := make(chan R, 1)
	worker.jobs <- func(value *T) { answer <- question(value) }
	return answer
}

// Worker is a worker that shares a value until it is closed.
type Worker[T any] struct {
	jobs chan<- func(*T)
	done <-chan struct{}
}

// StartWorker starts a worker that shares this value.
func StartWorker[T any](value *T) *Worker[T] {
	jobs, done := make(chan func(*T)), make(chan struct{})
	go func() {
		defer close(done)
		for job := range jobs {
			job(value)
		}
	}()
	return &Worker[T]{jobs, done}
}

// Close waits until the worker has done its jobs, and ends it.
func (w *Worker[T]) Close() {
	close(w.jobs)
	<-w.done
}

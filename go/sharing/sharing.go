// Twin: crates/sharing/src/lib.rs

// Package sharing is one value that many workers share, freed once after the
// last.
package sharing

import (
	"runtime"
	"sync"
)

// Share lets workers share a value, waits for all, and returns their results.
//
// If work panics, the first worker's panic goes on here once all have ended.
func Share[T, R any](value *T, workers int, work func(int, *T) R) []R {
	workers = max(workers, 0)
	results, panics := make([]R, workers), make([]any, workers)
	var running sync.WaitGroup
	for worker := range workers {
		// Each goroutine has the pointer: that alone keeps the value alive.
		running.Go(func() {
			defer func() { panics[worker] = recover() }()
			results[worker] = work(worker, value)
		})
	}
	running.Wait()
	passOn(panics)
	return results
}

// CloneAndDrop makes and drops a handle of a value this many times; returns how
// many handles it made.
func CloneAndDrop[T any](value *T, times int) int {
	made := 0
	for range times {
		// A handle is a pointer: nothing counts them.
		handle := value
		made++
		runtime.KeepAlive(handle)
	}
	return made
}

// Ask asks a worker, even a busy one; its answer comes through the channel.
//
// There is no answer if the question panics: the worker goes on. Nor is there
// one if the worker is closed. The channel is closed in the end.
func Ask[T, R any](worker *Worker[T], question func(*T) R) <-chan R {
	answer := make(chan R, 1)
	asked := worker.add(func(value *T) {
		defer close(answer)
		// A panic ends the job, not the worker.
		defer func() { _ = recover() }()
		answer <- question(value)
	})
	if !asked {
		close(answer)
	}
	return answer
}

// Worker is a worker that shares a value until it is closed.
type Worker[T any] struct {
	mutex sync.Mutex
	wake  *sync.Cond
	// Not a channel: a caller would wait at a full one.
	jobs   []func(*T)
	closed bool
	done   chan struct{}
}

// StartWorker starts a worker that shares this value.
func StartWorker[T any](value *T) *Worker[T] {
	w := &Worker[T]{done: make(chan struct{})}
	w.wake = sync.NewCond(&w.mutex)
	go func() {
		defer close(w.done)
		for jobs := w.take(); len(jobs) > 0; jobs = w.take() {
			for _, job := range jobs {
				job(value)
			}
		}
	}()
	return w
}

// Close waits until the worker has done its jobs, and ends it. No job may close
// its own worker: it would wait for itself.
func (w *Worker[T]) Close() {
	w.mutex.Lock()
	w.closed = true
	w.mutex.Unlock()
	w.wake.Signal()
	<-w.done
}

// add adds a job, unless the worker is closed.
func (w *Worker[T]) add(job func(*T)) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if !w.closed {
		w.jobs = append(w.jobs, job)
	}
	w.wake.Signal()
	return !w.closed
}

// take waits for jobs, and takes all; there are none once the worker is closed.
func (w *Worker[T]) take() []func(*T) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for len(w.jobs) == 0 && !w.closed {
		w.wake.Wait()
	}
	jobs := w.jobs
	w.jobs = nil
	return jobs
}

// passOn panics with the first of these panics, if there is one.
func passOn(panics []any) {
	for _, panicked := range panics {
		if panicked != nil {
			panic(panicked)
		}
	}
}

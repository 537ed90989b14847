// Twin: crates/sharing/tests/sharing.rs

package sharing_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"memory.example/pairs/sharing"
)

func TestShareReturnsTheResultsInTheOrderOfTheWorkers(t *testing.T) {
	value := 10
	for workers, expected := range map[int][]int{-1: {}, 0: {}, 1: {10}, 4: {10, 11, 12, 13}} {
		got := sharing.Share(&value, workers, func(worker int, value *int) int { return *value + worker })
		if !slices.Equal(got, expected) {
			t.Errorf("%d workers: %v", workers, got)
		}
	}
}

func TestAllWorkersSeeTheSameValue(t *testing.T) {
	var value atomic.Int64
	sharing.Share(&value, 8, func(_ int, value *atomic.Int64) int64 {
		for range 1000 {
			value.Add(1)
		}
		return value.Load()
	})
	if got := value.Load(); got != 8000 {
		t.Errorf("value %d", got)
	}
}

func TestCloneAndDropLeavesTheValueAsItWas(t *testing.T) {
	value := 7
	for _, times := range []int{0, 1, 1000} {
		sharing.CloneAndDrop(&value, times)
		if value != 7 {
			t.Errorf("value %d", value)
		}
	}
}

func TestAWorkerAnswersEachQuestion(t *testing.T) {
	value := 6
	worker := sharing.StartWorker(&value)
	defer worker.Close()
	var answers []<-chan int
	for n := range 5 {
		answers = append(answers, sharing.Ask(worker, func(value *int) int { return *value * n }))
	}
	for n, answer := range answers {
		if got := <-answer; got != 6*n {
			t.Errorf("answer %d: %d", n, got)
		}
	}
}

func TestAClosedWorkerHasDoneItsJobs(t *testing.T) {
	var value atomic.Int64
	worker := sharing.StartWorker(&value)
	for range 100 {
		sharing.Ask(worker, func(value *atomic.Int64) int64 { return value.Add(1) })
	}
	worker.Close()
	if got := value.Load(); got != 100 {
		t.Errorf("value %d", got)
	}
}

// panicOf returns what the work panics with.
func panicOf(work func()) (panicked any) {
	defer func() { panicked = recover() }()
	work()
	return nil
}

func TestAPanicOfAWorkerReachesTheCallerOnceAllHaveEnded(t *testing.T) {
	var ended atomic.Int64
	panicked := panicOf(func() {
		sharing.Share(&ended, 8, func(worker int, ended *atomic.Int64) int64 {
			if worker == 3 || worker == 5 {
				panic(worker)
			}
			time.Sleep(20 * time.Millisecond)
			return ended.Add(1)
		})
	})
	if panicked != 3 || ended.Load() != 6 {
		t.Errorf("panicked with %v when %d had ended", panicked, ended.Load())
	}
}

func TestABusyWorkerCanBeAskedAndAnswersLater(t *testing.T) {
	value := 6
	worker := sharing.StartWorker(&value)
	defer worker.Close()
	goOn := make(chan struct{})
	busy := sharing.Ask(worker, func(*int) bool { <-goOn; return true })
	var answers []<-chan int
	for n := range 1000 {
		answers = append(answers, sharing.Ask(worker, func(value *int) int { return *value * n }))
	}
	select {
	case <-busy:
		t.Error("it was not busy")
	default:
	}
	close(goOn)
	for n, answer := range answers {
		if got := <-answer; got != 6*n {
			t.Errorf("answer %d: %d", n, got)
		}
	}
}

func TestAJobMayAskItsOwnWorker(t *testing.T) {
	value := 6
	worker := sharing.StartWorker(&value)
	defer worker.Close()
	asked := sharing.Ask(worker, func(*int) <-chan int {
		return sharing.Ask(worker, func(value *int) int { return *value + 1 })
	})
	if got := <-<-asked; got != 7 {
		t.Errorf("answered %d", got)
	}
}

func TestAQuestionThatPanicsHasNoAnswerAndTheWorkerGoesOn(t *testing.T) {
	value := 6
	worker := sharing.StartWorker(&value)
	for n := range 3 {
		if answer, ok := <-sharing.Ask(worker, func(*int) int { panic("on purpose") }); ok {
			t.Errorf("answered %d", answer)
		}
		if got := <-sharing.Ask(worker, func(value *int) int { return *value * n }); got != 6*n {
			t.Errorf("answered %d", got)
		}
	}
	worker.Close()
}

// only here: in Rust a worker that is closed is gone.
func TestAClosedWorkerHasNoAnswersAndMayBeClosedAgain(t *testing.T) {
	value := 6
	worker := sharing.StartWorker(&value)
	worker.Close()
	worker.Close()
	if answer, ok := <-sharing.Ask(worker, func(value *int) int { return *value }); ok {
		t.Errorf("answered %d", answer)
	}
}

func ExampleShare() {
	data := "shared"
	read := sharing.Share(&data, 2, func(worker int, data *string) string {
		return fmt.Sprintf("worker %d read %s", worker, *data)
	})
	fmt.Println(read)
	// Output: [worker 0 read shared worker 1 read shared]
}

// Twin: crates/sharing/tests/sharing.rs

package sharing_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"memory.example/pairs/sharing"
)

func TestShareReturnsTheResultsInTheOrderOfTheWorkers(t *testing.T) {
	value := 10
	for workers, expected := range map[int][]int{0: {}, 1: {10}, 4: {10, 11, 12, 13}} {
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

func ExampleShare() {
	data := "shared"
	read := sharing.Share(&data, 2, func(worker int, data *string) string {
		return fmt.Sprintf("worker %d read %s", worker, *data)
	})
	fmt.Println(read)
	// Output: [worker 0 read shared worker 1 read shared]
}

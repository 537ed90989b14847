// Mistake: whoever waits for the answer gives up, and whoever has it waits for ever.
// Answer: run prints still there: 10
package main

import (
	"fmt"
	"runtime"
	"time"
)

func ask() string {
	answer := make(chan string) // one place in it would be enough
	go func() {
		time.Sleep(200 * time.Millisecond)
		answer <- "late"
	}()
	select {
	case text := <-answer:
		return text
	case <-time.After(time.Millisecond):
		return "no answer"
	}
}

func main() {
	before := runtime.NumGoroutine()
	for range 10 {
		ask()
	}
	time.Sleep(time.Second)
	fmt.Println("still there:", runtime.NumGoroutine()-before)
}

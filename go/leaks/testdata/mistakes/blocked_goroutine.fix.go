// Fix: Room for one answer: nobody has to wait for who asked.
// Answer: run prints still there: 0
package main

import (
	"fmt"
	"runtime"
	"time"
)

func ask() string {
	answer := make(chan string, 1)
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

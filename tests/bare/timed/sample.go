// What the bare programs share: the clock around their work, and a line for each sample.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// number returns a number of the command line, from 1.
func number(place int) int {
	parsed, err := strconv.Atoi(os.Args[place])
	if err != nil {
		panic(err)
	}
	return parsed
}

// samples times work on the first number as often as the second says, and prints nanoseconds and answer of each
// sample. As in the lab, a pass without a clock comes first. The answer is read behind the clock.
func samples[T any](work func(int) T, answer func(T) int) {
	count := number(1)
	answer(work(count))
	for range number(2) {
		begun := time.Now()
		made := work(count)
		nanoseconds := time.Since(begun).Nanoseconds()
		fmt.Println(nanoseconds, answer(made))
	}
}

// itself is an answer that the work has found already.
func itself(answer int) int { return answer }

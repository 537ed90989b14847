// Fix: Put the turn into a function of its own: the `defer` waits for its end.
// Answer: run prints open at once: 1
package main

import (
	"fmt"
	"os"
)

var open int

func closeFile(file *os.File) {
	file.Close()
	open--
}

func turn() int {
	file, err := os.Open("/dev/null")
	if err != nil {
		panic(err)
	}
	open++
	defer closeFile(file)
	return open
}

func main() {
	most := 0
	for range 10 {
		most = max(most, turn())
	}
	fmt.Println("open at once:", most)
}

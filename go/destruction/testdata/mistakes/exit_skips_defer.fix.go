// Fix: Let a function return the code, and exit when its defers have run.
// Answer: run prints closed
package main

import (
	"fmt"
	"os"
)

func main() {
	os.Exit(run())
}

func run() int {
	defer fmt.Println("closed")
	return 0
}

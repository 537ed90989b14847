// Mistake: os.Exit below a defer, which then never runs.
// Answer: run nothing
package main

import (
	"fmt"
	"os"
)

func main() {
	defer fmt.Println("closed")
	os.Exit(0)
}

// Fix: One place closes, by a `defer`.
// Answer: run prints <nil>
package main

import (
	"fmt"
	"os"
)

func main() {
	file, err := os.Open("/dev/null")
	if err != nil {
		panic(err)
	}
	defer func() { fmt.Println(file.Close()) }()
}

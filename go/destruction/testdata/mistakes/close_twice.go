// Mistake: a file is closed twice.
// Answer: run prints close /dev/null: file already closed
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
	file.Close()
}

// Fix: Defer the closing behind the check of the error.
// Answer: run prints 0 <nil>
package main

import (
	"fmt"
	"io"
	"os"
)

func size(path string) (int, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	return len(text), err
}

func main() {
	fmt.Println(size("/dev/null"))
}

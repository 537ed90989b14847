// Mistake: a file that nobody closes.
// Answer: silent
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
	text, err := io.ReadAll(file)
	return len(text), err
}

func main() {
	fmt.Println(size("/dev/null"))
}

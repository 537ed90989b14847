// Mistake: a defer in a loop, which waits for the end of the function.
// Answer: run prints open at once: 10
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

func main() {
	most := 0
	for range 10 {
		file, err := os.Open("/dev/null")
		if err != nil {
			panic(err)
		}
		open++
		defer closeFile(file)
		most = max(most, open)
	}
	fmt.Println("open at once:", most)
}

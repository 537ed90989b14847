// Fix: Defer the closing when it is known that there is something to close.
// Answer: run prints /dev/null
package main

import (
	"fmt"
	"os"
)

func main() {
	file, err := os.Open("/dev/null")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	fmt.Println(file.Name())
}

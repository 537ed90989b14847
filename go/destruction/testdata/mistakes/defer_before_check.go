// Mistake: the closing is deferred before it is known that the file is open.
// Answer: staticcheck SA5001
package main

import (
	"fmt"
	"os"
)

func main() {
	file, err := os.Open("/dev/null")
	defer file.Close() // <- here
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(file.Name())
}

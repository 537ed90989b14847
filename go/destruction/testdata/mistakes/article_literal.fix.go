// Fix: Open the file before it goes into the struct.
// Answer: run prints <nil>
package main

import (
	"fmt"
	"os"
)

type file struct {
	handle *os.File
}

func main() {
	handle, err := os.Open("/dev/null")
	if err != nil {
		fmt.Println(err)
		return
	}
	f := &file{handle: handle}
	defer f.handle.Close()
	fmt.Println(err)
}

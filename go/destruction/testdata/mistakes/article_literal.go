// Mistake: a composite literal with a hole where the file should be.
// Answer: build syntax error
package main

import "os"

type file struct {
	handle *os.File
}

func main() {
	f := &file{handle: /* a file */} // <- here
	defer f.handle.Close()
}

// Fix: Use it, or leave it out.
// Answer: run prints 42
package main

import "fmt"

func main() {
	x := 42
	address := &x
	fmt.Println(*address)
}

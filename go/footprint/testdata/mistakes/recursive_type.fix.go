// Fix: Refer to the next node by a pointer, which has a size.
// Answer: run prints 1
package main

import "fmt"

type node struct {
	value int
	next  *node
}

func main() {
	fmt.Println(node{value: 1}.value)
}

// Mistake: a node that holds the next node itself, which would make it endlessly large.
// Answer: build invalid recursive type
package main

import "fmt"

type node struct { // <- here
	value int
	next  node
}

func main() {
	fmt.Println(node{value: 1}.value)
}

// Mistake: a block cut without a third index, so that an append writes into the next block.
// Answer: run prints 9 99
package main

import "fmt"

func main() {
	memory := make([]byte, 64)
	first, second := memory[0:8], memory[8:16]
	first = append(first, 99)
	fmt.Println(len(first), second[0])
}

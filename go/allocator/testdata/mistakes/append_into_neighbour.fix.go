// Fix: A third index limits the capacity: `append` copies then.
// Answer: run prints 9 0
package main

import "fmt"

func main() {
	memory := make([]byte, 64)
	first, second := memory[0:8:8], memory[8:16:16]
	first = append(first, 99)
	fmt.Println(len(first), second[0])
}

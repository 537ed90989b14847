// Fix: Use it, or leave it out.
// Answer: run prints 100000
package main

import "fmt"

func main() {
	sum := 0
	for range 1000 {
		s := make([]int, 100)
		sum += len(s)
	}
	fmt.Println(sum)
}

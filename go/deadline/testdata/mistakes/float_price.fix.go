// Fix: Count prices in whole units of the smallest step.
// Answer: run prints 1 prices
package main

import "fmt"

func main() {
	price, tick := 1, 2
	levels := map[int]int{}
	levels[price+tick]++
	levels[3]++
	fmt.Println(len(levels), "prices")
}

// Mistake: a map whose keys are prices as floats: two sums of the same price are two keys.
// Answer: run prints 2 prices
package main

import "fmt"

func main() {
	price, tick := 0.1, 0.2
	levels := map[float64]int{}
	levels[price+tick]++
	levels[0.3]++
	fmt.Println(len(levels), "prices")
}

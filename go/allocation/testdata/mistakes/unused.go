// Mistake: a slice that is made and never used.
// Answer: build declared and not used: s
package main

func main() {
	for range 1000 {
		s := make([]int, 100) // <- here
	}
}

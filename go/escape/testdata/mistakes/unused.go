// Mistake: a local whose address is taken and then not used.
// Answer: build declared and not used: address
package main

func main() {
	x := 42
	address := &x // <- here
}

// Mistake: main returns without waiting, and what its goroutines still print is luck.
// Answer: run recorded
package main

import "fmt"

func main() {
	value := "shared"
	for range 2 {
		go func() { fmt.Println(value) }()
	}
}

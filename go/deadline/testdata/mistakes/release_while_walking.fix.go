// Fix: `DeleteFunc` walks the slice and closes the gaps itself.
// Answer: run prints [3 5]
package main

import (
	"fmt"
	"slices"
)

func main() {
	lives := []int{3, 0, 0, 5}
	lives = slices.DeleteFunc(lives, func(life int) bool { return life == 0 })
	fmt.Println(lives)
}

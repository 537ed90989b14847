// Mistake: the dead are taken out of the slice while a loop walks over it.
// Answer: run exit 2
package main

import (
	"fmt"
	"slices"
)

func main() {
	lives := []int{3, 0, 0, 5}
	for place, life := range lives {
		if life == 0 {
			lives = slices.Delete(lives, place, place+1)
		}
	}
	fmt.Println(lives)
}

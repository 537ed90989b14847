// Fills a map whose keys are numbers as text.
package main

import "strconv"

func main() {
	samples(func(count int) map[string]int {
		filled := map[string]int{}
		for value := range count {
			filled[strconv.Itoa(value)] = value
		}
		return filled
	}, func(filled map[string]int) int {
		sum := 0
		for _, value := range filled {
			sum += value
		}
		return sum
	})
}

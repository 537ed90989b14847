// Slices of a hundred integers that must be on the heap.
package main

var kept []int

func main() {
	samples(func(count int) int {
		sum := 0
		for value := range count {
			numbers := make([]int, 100)
			numbers[0] = value
			sum += numbers[0] + len(numbers)
			kept = numbers
		}
		return sum
	}, itself)
}

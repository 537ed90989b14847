// Slices of a hundred integers, lent to a function that looks at them.
package main

//go:noinline
func look(numbers []int, value int) int {
	if len(numbers) == 0 {
		return 0
	}
	numbers[0] = value
	return numbers[0] + len(numbers)
}

func main() {
	samples(func(count int) int {
		sum := 0
		for value := range count {
			sum += look(make([]int, 100), value)
		}
		return sum
	}, itself)
}

// Values of 64 bytes, each on the heap, of which one number each is added up.
package main

func main() {
	samples(func(count int) int {
		boxes := make([]*[8]int, count)
		for n := range boxes {
			boxes[n] = &[8]int{n, n, n, n, n, n, n, n}
		}
		sum := 0
		for _, block := range boxes {
			sum += block[7]
		}
		return sum
	}, itself)
}

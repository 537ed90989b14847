// Replaces objects of 64 bytes at random places, as many times as there are objects.
package main

func main() {
	count := number(1)
	state := uint64(1)
	places := make([]int, count)
	// Marsaglia's xorshift, as in the lab: the same places in the same order.
	for i := range places {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		places[i] = int(state % uint64(count))
	}
	live := make([]*[8]int, count)
	for n := range live {
		live[n] = &[8]int{n, n, n, n, n, n, n, n}
	}
	samples(func(int) []*[8]int {
		for n, place := range places {
			live[place] = &[8]int{n, n, n, n, n, n, n, n}
		}
		return live
	}, func(live []*[8]int) int {
		sum := 0
		for place, object := range live {
			sum += place * object[7]
		}
		return sum
	})
}

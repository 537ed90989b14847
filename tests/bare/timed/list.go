// Grows a list, adds up its values and lets it go.
package main

type node struct {
	value int
	next  *node
}

func main() {
	samples(func(count int) int {
		var head *node
		for value := range count {
			head = &node{value, head}
		}
		sum := 0
		for n := head; n != nil; n = n.next {
			sum += n.value
		}
		return sum
	}, itself)
}

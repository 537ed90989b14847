// Twin: crates/escape/src/small.rs

package escape

import (
	"fmt"
	"strconv"
	"strings"

	"memory.example/pairs/pair"
)

// smallSlices tells what slices of at most 32 bytes allocate.
func smallSlices(facts *pair.Facts, calls int) {
	tell := func(what string, allocations func(count int) int) {
		var each []string
		for count := 1; count <= 4; count++ {
			each = append(each, strconv.Itoa(allocations(count)))
		}
		name := fmt.Sprintf("allocations of %d calls, 1 to 4 numbers %s", calls, what)
		facts.Add(name, strings.Join(each, ", "))
	}
	tell("appended", func(count int) int { return allocationsOf(calls, appended, count) })
	tell("appended and returned", func(count int) int { return allocationsOf(calls, returned, count) })
	tell("in a slice of that length", func(count int) int { return allocationsOf(calls, Unknown, count) })
}

// appended returns the sum of the first numbers, appended one by one to a slice that ends here.
//
//go:noinline
func appended(count int) int {
	var s []int
	for i := range count {
		s = append(s, i)
	}
	return fill(s, 0)
}

// returned returns the first numbers, appended one by one.
//
//go:noinline
func returned(count int) []int {
	var s []int
	for i := range count {
		s = append(s, i)
	}
	return s
}

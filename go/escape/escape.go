// Twin: crates/escape/src/lib.rs

// Package escape is values that end with their function, or outlive it.
package escape

import (
	"slices"
	"strconv"
)

// Local returns a number by value.
func Local(n int) int {
	x := n
	x++
	return x
}

// Heap returns a number by its address.
func Heap(n int) *int {
	x := n + 1
	// Legal, and where it lives is the compiler's decision.
	return &x
}

// Fleeting returns a number that was behind an address for a moment.
func Fleeting(n int) int {
	// Heap is copied to this place, and from here nothing escapes.
	return *Heap(n)
}

// Lent returns a number after it was lent to another function.
func Lent(n int) int {
	x := n
	increment(&x)
	return x
}

// Counter returns a function that counts on from a number.
func Counter(n int) func() int {
	// The function refers to n, which therefore outlives this call.
	return func() int {
		n++
		return n
	}
}

// Shape is something with an area.
type Shape interface {
	// Area returns how large it is.
	Area() int
}

// Square is a shape with four equal sides.
type Square struct {
	// Side is the length of a side.
	Side int
}

// Area returns the square of its side.
//
// only here: Rust writes it in `impl Shape for Square`.
func (s Square) Area() int {
	return s.Side * s.Side
}

// AnyShape returns a shape of which only the area is known.
func AnyShape(side int) Shape {
	return Square{side}
}

// AreaOf returns the area of any shape.
//
//go:noinline
func AreaOf(shape Shape) int {
	return shape.Area()
}

// Measured returns the area of a local that was lent as any shape.
func Measured(side int) int {
	square := Square{side}
	// No caller knows what Area does with it: it escapes.
	return AreaOf(square)
}

// AnyValue returns a number as a value of any type.
func AnyValue(n int) any {
	return n
}

// Known returns the sum of eight numbers from n on.
func Known(n int) int {
	s := make([]int, 8)
	return fill(s, n)
}

// Unknown returns the sum of the first numbers, as many as the caller likes.
func Unknown(count int) int {
	s := make([]int, count)
	return fill(s, 0)
}

// Grown returns the sum of the first numbers, appended one after the other.
func Grown(count int) int {
	var s []int
	for i := range count {
		s = append(s, i)
	}
	return sum(s)
}

// Table returns how many squares modulo a thousand the first numbers have.
func Table(count int) int {
	seen := map[int]bool{}
	for i := range count {
		seen[i*i%1000] = true
	}
	return len(seen)
}

// Joined returns a number with a word before it.
func Joined(n int) string {
	return "number " + strconv.Itoa(n)
}

// Copied returns eight numbers from n on, copied.
func Copied(n int) []int {
	var s [8]int
	fill(s[:], n)
	return slices.Clone(s[:])
}

// Spawned returns a number that was computed at the same time.
func Spawned(n int) int {
	result := make(chan int)
	go func() { result <- n + 1 }()
	return <-result
}

//go:noinline
func increment(x *int) {
	*x++
}

// fill writes numbers from first on, and returns their sum.
//
//go:noinline
func fill(s []int, first int) int {
	sum := 0
	for i := range s {
		s[i] = first + i
		sum += s[i]
	}
	return sum
}

func sum(s []int) int {
	sum := 0
	for _, n := range s {
		sum += n
	}
	return sum
}

// Twin: crates/footprint/src/measure.rs

package footprint

import (
	"runtime"
	"unsafe"

	"memory.example/pairs/pair"
)

// Cases are the measured cases.
var Cases = []pair.Case{
	{
		Name:  "grown",
		Unit:  "bytes",
		Says:  "memory that a fresh list of SCALE 64-bit integers makes resident; one sample only",
		Scale: 1_000_000,
		Max:   10_000_000,
		Run:   func(bench *pair.Bench) error { return occupy(bench, unsafe.Sizeof(Node[int]{}), grown[int], total) },
	},
	{
		Name:  "grown_i32",
		Unit:  "bytes",
		Says:  "memory that a fresh list of SCALE 32-bit integers makes resident; one sample only",
		Scale: 1_000_000,
		Max:   10_000_000,
		Run:   func(bench *pair.Bench) error { return occupy(bench, unsafe.Sizeof(Node[int32]{}), grown[int32], total) },
	},
	{
		Name:  "grown_64",
		Unit:  "bytes",
		Says:  "memory that a fresh list of SCALE nodes of 64 bytes makes resident; one sample only",
		Scale: 1_000_000,
		Max:   10_000_000,
		Run:   func(bench *pair.Bench) error { return occupy(bench, unsafe.Sizeof(Node[wide]{}), grownWide, totalWide) },
	},
	{
		Name:  "churned",
		Unit:  "bytes",
		Says:  "the same for 64-bit integers once about 3 in turn were in each node's place",
		Scale: 1_000_000,
		Max:   10_000_000,
		Run: func(bench *pair.Bench) error {
			same := func(number int) int { return number }
			build := func(count int) *List[int] { return churned(grown[int](count), same) }
			return occupy(bench, unsafe.Sizeof(Node[int]{}), build, total)
		},
	},
	{
		Name:  "churned_64",
		Unit:  "bytes",
		Says:  "the same for nodes of 64 bytes",
		Scale: 1_000_000,
		Max:   10_000_000,
		Run: func(bench *pair.Bench) error {
			build := func(count int) *List[wide] { return churned(grownWide(count), newWide) }
			return occupy(bench, unsafe.Sizeof(Node[wide]{}), build, totalWide)
		},
	},
	{
		Name:  "grow_release",
		Unit:  "ns",
		Says:  "pushes SCALE 64-bit integers, adds them up and frees the list",
		Scale: 100_000,
		Max:   10_000_000,
		Run:   measureGrowRelease,
	},
	{
		Name:  "boxes",
		Unit:  "ns",
		Says:  "writes SCALE values of 64 bytes, each a block of its own, adds up one number of each and frees all",
		Scale: 1_000_000,
		Max:   10_000_000,
		Run:   measureBoxes,
	},
	{
		Name:  "goal",
		Unit:  "bytes",
		Says:  "collects while a list of SCALE 64-bit integers lives, and asks how large the heap may become",
		Scale: 1_000_000,
		Max:   10_000_000,
		Run:   measureGoal,
	},
	freshPointers,
	freshBytes,
	writtenPointers,
	recycledPointers,
}

// integer is the value of a measured list.
type integer interface{ int | int32 }

// wide is a value that makes a node 64 bytes large.
type wide [7]int

func measureGrowRelease(bench *pair.Bench) error {
	bench.Answer(total(grown[int](bench.Scale)))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = total(grown[int](bench.Scale)) })
		sample.Answers(answer)
		bench.Report(sample)
	}
	return nil
}

func measureBoxes(bench *pair.Bench) error {
	bench.Answer(boxed(bench.Scale))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		answer := 0
		sample.Time(func() { answer = boxed(bench.Scale) })
		sample.Answers(answer)
		bench.Report(sample)
	}
	return nil
}

func measureGoal(bench *pair.Bench) error {
	list := grown[int](bench.Scale)
	bench.Answer(total(list))
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		sample.Collect()
		sample.Answers(total(list))
		bench.Report(sample)
	}
	runtime.KeepAlive(list)
	return nil
}

// grown returns a list of the values from 0, the last one in front.
func grown[T integer](count int) *List[T] {
	list := NewList[T]()
	for value := range count {
		list.Push(T(value))
	}
	return list
}

// grownWide returns the same list with nodes of 64 bytes.
func grownWide(count int) *List[wide] {
	list := NewList[wide]()
	for value := range count {
		list.Push(newWide(value))
	}
	return list
}

// churned returns a list of which six times about half the nodes, drawn by lot, were replaced.
func churned[T any](list *List[T], value func(int) T) *List[T] {
	count := list.Length()
	lots := uint64(1)
	for round := 1; round <= 6; round++ {
		list.Retain(func(T) bool {
			lots *= 6_364_136_223_846_793_005
			lots += 1_442_695_040_888_963_407
			return lots>>63 == 0
		})
		for list.Length() < count {
			list.Push(value(round))
		}
	}
	return list
}

func newWide(number int) wide {
	return wide{number, number, number, number, number, number, number}
}

func totalWide(list *List[wide]) int {
	sum := 0
	for value := range list.Values() {
		sum += value[6]
	}
	return sum
}

func total[T integer](list *List[T]) int {
	sum := 0
	for value := range list.Values() {
		sum += int(value)
	}
	return sum
}

// boxed returns the sum over values of 64 bytes, each in a block of its own; of each one number, for a sum
// of all eight is eight steps here and a wide instruction in Rust.
func boxed(count int) int {
	boxes := make([]*[8]int, 0, count)
	for n := range count {
		boxes = append(boxes, &[8]int{n, n, n, n, n, n, n, n})
	}
	sum := 0
	for _, block := range boxes {
		sum += block[7]
	}
	return sum
}

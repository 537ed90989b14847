// Twin: crates/allocation/src/read_all.rs

package allocation

import (
	"io"

	"memory.example/pairs/pair"
)

const (
	// readTotal is how much a sample reads, in inputs of SCALE bytes.
	readTotal = 16 << 20
	// readInputsMost is how many inputs it reads at most.
	readInputsMost = 1 << 14
)

var readCases = []pair.Case{
	readCase(
		"read_all",
		"reads 16 MiB in at most 16384 inputs of SCALE bytes, whose length nobody tells, with the library",
		func(input io.Reader, _ int) ([]byte, error) { return io.ReadAll(input) },
	),
	readCase(
		"read_all_grown",
		"does the same into one block, which grows whenever it is full",
		func(input io.Reader, _ int) ([]byte, error) { return readGrown(input) },
	),
	readCase("read_all_sized", "does the same with the length given", readSized),
}

// readForm reads an input, whose length is the number.
type readForm func(io.Reader, int) ([]byte, error)

func readCase(name, says string, read readForm) pair.Case {
	run := func(bench *pair.Bench) error { return measureRead(bench, read) }
	return pair.Case{Name: name, Unit: "ns", Says: says, Scale: 1 << 20, Max: readTotal, Run: run}
}

func measureRead(bench *pair.Bench, read readForm) error {
	source := make([]byte, bench.Scale)
	for i := range source {
		source[i] = byte(i)
	}
	answer, err := readInputs(source, read)
	if err != nil {
		return err
	}
	bench.Answer(answer)
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		sample.Time(func() { answer, err = readInputs(source, read) })
		if err != nil {
			return err
		}
		sample.Answers(answer)
		bench.Report(sample)
	}
	return nil
}

// readInputs reads the source again and again; it adds up the lengths and the last bytes.
func readInputs(source []byte, read readForm) (int, error) {
	sum := 0
	for range min(readTotal/len(source), readInputsMost) {
		bytes, err := read(&untold{source}, len(source))
		if err != nil {
			return 0, err
		}
		sum += len(bytes) + int(bytes[len(bytes)-1])
	}
	return sum, nil
}

// untold is an input that tells nobody its length.
type untold struct{ left []byte }

// Read implements [io.Reader].
func (u *untold) Read(into []byte) (int, error) {
	if len(u.left) == 0 {
		return 0, io.EOF
	}
	n := copy(into, u.left)
	u.left = u.left[n:]
	return n, nil
}

// readGrown reads as the library did before Go 1.26. Append chooses the new size: a quarter more, if much is there.
func readGrown(input io.Reader) ([]byte, error) {
	bytes := make([]byte, 0, 512)
	for {
		n, err := input.Read(bytes[len(bytes):cap(bytes)])
		bytes = bytes[:len(bytes)+n]
		if err == io.EOF {
			return bytes, nil
		}
		if err != nil {
			return nil, err
		}
		if len(bytes) == cap(bytes) {
			bytes = append(bytes, 0)[:len(bytes)]
		}
	}
}

// readSized reads into a block of the right size.
func readSized(input io.Reader, size int) ([]byte, error) {
	bytes := make([]byte, size)
	_, err := io.ReadFull(input, bytes)
	return bytes, err
}

// Twin: crates/destruction/src/measure.rs

package destruction

import (
	"os"
	"path/filepath"

	"memory.example/pairs/pair"
)

// Cases are the measured cases.
var Cases = []pair.Case{{
	Name:  "open_close",
	Unit:  "ns",
	Says:  "opens and closes an empty file SCALE times",
	Scale: 10_000,
	Max:   10_000_000,
	Run:   measureOpenClose,
}}

func measureOpenClose(bench *pair.Bench) error {
	folder, err := pair.NewFolder()
	if err != nil {
		return err
	}
	defer folder.Close()
	path := filepath.Join(folder.Path(), "empty")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		return err
	}
	visits, err := visit(path, bench.Scale)
	if err != nil {
		return err
	}
	bench.Answer(visits)
	for sample := bench.NextSample(); sample != nil; sample = bench.NextSample() {
		sample.Time(func() { visits, err = visit(path, bench.Scale) })
		if err != nil {
			return err
		}
		sample.Answers(visits)
		bench.Report(sample)
	}
	return nil
}

// visit opens a file and closes it, again and again; it tells how often it was closed.
func visit(path string, count int) (int, error) {
	visits := 0
	closed := func(string) { visits++ }
	for range count {
		file, err := OpenFile(path, closed)
		if err != nil {
			return visits, err
		}
		if err := file.Close(); err != nil {
			return visits, err
		}
	}
	return visits, nil
}

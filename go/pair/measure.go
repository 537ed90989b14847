// Twin: crates/pair/src/measure.rs

package pair

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Case is one measured case.
type Case struct {
	// Name is its name.
	Name string
	// Unit is the unit of its figure.
	Unit string
	// Says what it measures.
	Says string
	// Scale is its size when none is asked for.
	Scale int
	// Max is its largest size.
	Max int
	// Run measures it: says its answer, then takes as many samples as the bench wants.
	Run func(*Bench) error
}

// Bench is one measurement of one case.
type Bench struct {
	// Scale is the size that was asked for.
	Scale   int
	samples int
	taken   int
	// passes is how often the work was done, for the answer and for each sample; prepared, how often only to
	// prepare.
	passes   int
	prepared int
	// counts is whether samples report their answers and frees.
	counts   bool
	measured Case
	out      *Out
	runtime  runtimeFigures
}

// Sample is what one sample found: figures by name, the unit at the name's end.
type Sample struct {
	answer  *string
	heap    Heap
	figures map[string]any
}

// Latencies are many short times, kept to three digits.
type Latencies struct {
	histogram *hdrhistogram.Histogram
}

const (
	// maxSamples is the most samples of a run.
	maxSamples = 100_000
	// usualSamples is how many there are when none are asked for.
	usualSamples = 5
)

// measure performs `measure CASE [--scale N] [--samples K] [--count]`.
func measure(topic *Topic, arguments []string, out *Out) error {
	flags, err := ParseFlags(arguments, []string{"--scale", "--samples"}, []string{"--count"})
	if err != nil {
		return err
	}
	if err := flags.AtMost(1); err != nil {
		return err
	}
	lists := fmt.Sprintf(`"%s cases" lists them`, topic.Name)
	if len(flags.Words) == 0 {
		return wrongCall("measure needs a case; %s", lists)
	}
	var names []string
	for _, c := range topic.Cases {
		names = append(names, c.Name)
		if c.Name != flags.Words[0] {
			continue
		}
		scale, err := flags.Number("--scale", 1, c.Max, c.Scale)
		if err != nil {
			return err
		}
		samples, err := flags.Number("--samples", 1, maxSamples, usualSamples)
		if err != nil {
			return err
		}
		bench := &Bench{Scale: scale, samples: samples, measured: c, out: out, runtime: collected()}
		bench.counts = flags.Has("--count")
		if err := c.Run(bench); err != nil {
			return err
		}
		return bench.finish()
	}
	meant := ";"
	if name := findNearest(flags.Words[0], names); name != "" {
		meant = fmt.Sprintf(`, did you mean "%s"?`, name)
	}
	return Usage("unknown case %s%s %s", Quote(flags.Words[0]), meant, lists)
}

// Answer says the case's answer, which is equal in both languages, before anything is timed.
func (b *Bench) Answer(answer any) {
	if b.taken == 0 {
		b.passes++
	}
	b.print(map[string]any{
		"allocator": "go",
		"answer":    fmt.Sprint(answer),
		"case":      b.measured.Name,
		"language":  "go",
		"samples":   b.samples,
		"scale":     b.Scale,
		"unit":      b.measured.Unit,
	})
}

// Once takes a single sample, however many are asked for: only the first work of a process is like it.
func (b *Bench) Once() {
	b.samples = 1
}

// Begin restarts the runtime's figures behind what only prepares; it collects first.
func (b *Bench) Begin() {
	b.runtime = collected()
	b.prepared = b.passes
}

// NextSample returns the next sample, as long as there is one to take, or nil.
func (b *Bench) NextSample() *Sample {
	if b.taken == b.samples || b.out.Check() != nil {
		return nil
	}
	b.taken++
	b.passes++
	if b.counts {
		collectAll()
	}
	sample := NewTrial()
	sample.Set("sample", b.taken)
	return sample
}

// Report prints what a sample found.
func (b *Bench) Report(sample *Sample) {
	heap := HeapNow().Since(sample.heap)
	sample.Set("allocations", heap.Allocations)
	sample.Set("allocated_bytes", heap.Allocated)
	if b.counts {
		collectAll()
		heap = HeapNow().Since(sample.heap)
		sample.Set("frees", heap.Frees)
		sample.Set("freed_bytes", heap.Freed)
		sample.Set("answer", sample.answer)
	}
	b.print(sample.figures)
}

func (b *Bench) finish() error {
	// Before the collection that reading the runtime's figures asks for.
	figures := processFigures()
	told := readRuntime().since(b.runtime)
	told["passes"] = b.passes - b.prepared
	b.print(map[string]any{"runtime": told})
	giveBack()
	if kept, ok := ResidentBytes(); ok {
		figures["kept_bytes"] = kept
	}
	figures["passes"] = b.passes
	b.print(map[string]any{"process": figures})
	return b.out.Check()
}

func (b *Bench) print(figures map[string]any) {
	// Only numbers, texts and lists of them get here: none of them can fail.
	text, err := json.Marshal(figures)
	if err != nil {
		panic(err)
	}
	b.out.Line("%s", text)
}

// NewTrial returns a sample that nobody reports, for the work that yields the answer.
func NewTrial() *Sample {
	return &Sample{heap: HeapNow(), figures: map[string]any{}}
}

// Answers notes what the timed work of this sample found.
func (s *Sample) Answers(answer any) {
	text := fmt.Sprint(answer)
	s.answer = &text
}

// Time times work, by the clock on the wall and by the CPU time of the whole process.
func (s *Sample) Time(work func()) {
	s.TimeAs("", work)
}

// TimeAs times one part of the work; its name stands before the unit, and its times add up.
func (s *Sample) TimeAs(part string, work func()) {
	if part != "" {
		part += "_"
	}
	wall, cpu := time.Now(), ProcessCPU()
	work()
	wallTime := time.Since(wall)
	cpuTime := ProcessCPU() - cpu
	s.add(part+"wall_ns", wallTime)
	s.add(part+"cpu_ns", cpuTime)
}

func (s *Sample) add(name string, more time.Duration) {
	sum, _ := s.figures[name].(int64)
	s.Set(name, sum+more.Nanoseconds())
}

// Set notes a figure; its unit stands at the end of its name.
func (s *Sample) Set(name string, figure any) {
	s.figures[name] = figure
}

// Collect collects, and notes what the collector then knows of the heap; Rust has none that could.
func (s *Sample) Collect() {
	figures := collected()
	s.Set("globals_scan_bytes", figures.globals)
	s.Set("heap_goal_bytes", figures.goal)
	s.Set("live_bytes", figures.live)
	s.Set("stack_scan_bytes", figures.stack)
}

// SetLatencies notes many short times as pairs of nanoseconds and how often.
func (s *Sample) SetLatencies(name string, latencies *Latencies) {
	pairs := [][2]int64{}
	for _, bar := range latencies.histogram.Distribution() {
		if bar.Count > 0 {
			pairs = append(pairs, [2]int64{bar.To, bar.Count})
		}
	}
	s.Set(name, pairs)
}

// NewLatencies returns none yet.
func NewLatencies() *Latencies {
	return &Latencies{hdrhistogram.New(1, time.Hour.Nanoseconds(), 3)}
}

// Record records one time.
func (l *Latencies) Record(t time.Duration) {
	// Longer than an hour counts as an hour.
	_ = l.histogram.RecordValue(min(t, time.Hour).Nanoseconds())
}

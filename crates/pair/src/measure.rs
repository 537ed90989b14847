// Twin: go/pair/measure.go

use std::{
    collections::BTreeMap,
    fmt::Display,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use serde_json::{Map, Value, json};

use crate::{
    Flags, Out, Stop, Topic, clock, heap, heap::Heap, nearest::find_nearest, process, quote,
};

/// One measured case.
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// The unit of its figure.
    pub unit: &'static str,
    /// What it measures.
    pub says: &'static str,
    /// Its size when none is asked for.
    pub scale: usize,
    /// Its largest size.
    pub max: usize,
    /// Measures it: says its answer, then takes as many samples as the bench wants.
    pub run: fn(&mut Bench) -> Result<(), Stop>,
}

/// One measurement of one case.
pub struct Bench {
    /// The size that was asked for.
    pub scale: usize,
    samples: usize,
    taken: usize,
    /// How often the work was done, for the answer and for each sample; and how often only to prepare.
    passes: usize,
    prepared: usize,
    /// Whether samples report their answers and frees.
    counts: bool,
    case: &'static Case,
    out: Out,
    heap: Heap,
}

/// What one sample found: figures by name, the unit at the name's end.
pub struct Sample {
    number: usize,
    answer: Option<String>,
    heap: Heap,
    figures: Map<String, Value>,
}

/// Many short times, kept to three digits.
pub struct Latencies(Histogram<u64>);

/// Largest number of samples of a run, and the usual number.
pub const MAX_SAMPLES: usize = 100_000;
pub const USUAL_SAMPLES: usize = 5;

/// Performs `measure CASE [--scale N] [--samples K] [--count]`.
pub fn measure(topic: &Topic, arguments: &[std::ffi::OsString], out: &Out) -> Result<(), Stop> {
    let flags = Flags::parse(arguments, &["--scale", "--samples"], &["--count"])?;
    flags.at_most(1)?;
    let name = topic.name;
    let lists = format!("\"{name} cases\" lists them");
    let Some(word) = flags.words.first() else {
        return Err(Stop::Call(format!("measure needs a case; {lists}")));
    };
    let bytes = word.as_encoded_bytes();
    let named = |case: &&Case| case.name.as_bytes() == bytes;
    let Some(case) = topic.cases.iter().find(named) else {
        let meant = match find_nearest(bytes, topic.cases.iter().map(|case| case.name)) {
            Some(name) => format!(", did you mean \"{name}\"?"),
            None => ";".to_owned(),
        };
        let shown = quote(bytes);
        return Err(Stop::Usage(format!("unknown case {shown}{meant} {lists}")));
    };
    let counts = flags.has("--count");
    if counts && heap::NAME != "counting" {
        let allocator = heap::NAME;
        return Err(Stop::Usage(format!("--count: {allocator} counts nothing")));
    }
    let mut bench = Bench {
        scale: flags.number("--scale", 1, case.max, case.scale)?,
        samples: flags.number("--samples", 1, MAX_SAMPLES, USUAL_SAMPLES)?,
        taken: 0,
        passes: 0,
        prepared: 0,
        counts,
        case,
        out: out.clone(),
        heap: Heap::now(),
    };
    (case.run)(&mut bench)?;
    bench.finish()
}

impl Bench {
    /// Says the case's answer, which is equal in both languages, before anything is timed.
    pub fn answer(&mut self, answer: impl Display) {
        if self.taken == 0 {
            self.passes += 1;
        }
        self.out.line(json!({
            "allocator": heap::NAME,
            "answer": answer.to_string(),
            "case": self.case.name,
            "language": "rust",
            "samples": self.samples,
            "scale": self.scale,
            "unit": self.case.unit,
        }));
    }

    /// Takes a single sample, however many are asked for: only the first work of a process is like it.
    pub fn once(&mut self) {
        self.samples = 1;
    }

    /// Restarts the runtime's figures behind what only prepares; there is nothing to collect first.
    pub fn begin(&mut self) {
        self.heap = Heap::now();
        self.prepared = self.passes;
    }

    /// The next sample, as long as there is one to take.
    pub fn next_sample(&mut self) -> Option<Sample> {
        if self.taken == self.samples || self.out.check().is_err() {
            return None;
        }
        self.taken += 1;
        self.passes += 1;
        Some(Sample {
            number: self.taken,
            ..Sample::trial()
        })
    }

    /// Prints what a sample found.
    pub fn report(&mut self, mut sample: Sample) {
        if heap::NAME == "counting" {
            let heap = Heap::now().since(sample.heap);
            sample.set("allocations", heap.allocations as u64);
            sample.set("allocated_bytes", heap.allocated as u64);
            if self.counts {
                sample.set("frees", heap.frees as u64);
                sample.set("freed_bytes", heap.freed as u64);
                let answer = sample.answer.take();
                sample.set("answer", answer);
            }
        }
        sample
            .figures
            .insert("sample".to_owned(), sample.number.into());
        self.out.line(Value::Object(sample.figures));
    }

    fn finish(&mut self) -> Result<(), Stop> {
        let mut figures: BTreeMap<_, _> = process::figures().into_iter().collect();
        let all = Heap::now();
        let heap = all.since(self.heap);
        let counted = |figure: usize| (heap::NAME == "counting").then_some(figure);
        self.out.line(json!({"runtime": {
            "allocated_bytes": counted(heap.allocated),
            "allocations": counted(heap.allocations),
            "collections": null,
            "cycle_pauses_ns": null,
            "gc_assist_cpu_ns": null,
            "gc_cpu_ns": null,
            "gc_dedicated_cpu_ns": null,
            "gc_idle_cpu_ns": null,
            "globals_scan_bytes": null,
            "heap_goal_bytes": null,
            "live_bytes": counted(all.allocated.saturating_sub(all.freed)),
            "outside_heap_bytes": null,
            "passes": self.passes - self.prepared,
            "pauses_ns": null,
            "stack_scan_bytes": null,
            "total_cpu_ns": null,
            "version": null,
        }}));
        heap::give_back();
        if let Some(kept) = process::resident_bytes() {
            figures.insert("kept_bytes", kept);
        }
        figures.insert("passes", self.passes as u64);
        self.out.line(json!({ "process": figures }));
        self.out.check()
    }
}

impl Sample {
    /// A sample that nobody reports, for the work that yields the answer.
    pub fn trial() -> Self {
        Sample {
            number: 0,
            answer: None,
            heap: Heap::now(),
            figures: Map::new(),
        }
    }

    /// Notes what the timed work of this sample found.
    pub fn answers(&mut self, answer: impl Display) {
        self.answer = Some(answer.to_string());
    }

    /// Times work, by the clock on the wall and by the CPU time of the whole process.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        self.time_as("", work)
    }

    /// Times one part of the work; its name stands before the unit, and its times add up.
    pub fn time_as<T>(&mut self, part: &str, work: impl FnOnce() -> T) -> T {
        let (wall, cpu) = (Instant::now(), clock::process_cpu());
        let done = work();
        let (wall, cpu) = (wall.elapsed(), clock::process_cpu().saturating_sub(cpu));
        self.add(&named(part, "wall_ns"), nanoseconds(wall));
        self.add(&named(part, "cpu_ns"), nanoseconds(cpu));
        done
    }

    fn add(&mut self, name: &str, more: u64) {
        let sum = self.figures.get(name).and_then(Value::as_u64).unwrap_or(0) + more;
        self.set(name, sum);
    }

    /// Notes a figure; its unit stands at the end of its name.
    pub fn set(&mut self, name: &str, figure: impl Into<Value>) {
        self.figures.insert(name.to_owned(), figure.into());
    }

    /// Notes, for each figure that Go's collector has of the heap, that there is none.
    pub fn collect(&mut self) {
        for name in [
            "globals_scan_bytes",
            "heap_goal_bytes",
            "live_bytes",
            "stack_scan_bytes",
        ] {
            self.set(name, Value::Null);
        }
    }

    /// Notes many short times as pairs of nanoseconds and how often.
    pub fn latencies(&mut self, name: &str, latencies: &Latencies) {
        let pairs: Vec<[u64; 2]> = latencies
            .0
            .iter_recorded()
            .map(|step| [step.value_iterated_to(), step.count_at_value()])
            .collect();
        self.set(name, json!(pairs));
    }
}

impl Latencies {
    /// None yet.
    pub fn new() -> Self {
        let longest = 3_600_000_000_000;
        Latencies(Histogram::new_with_bounds(1, longest, 3).expect("constant bounds are legal"))
    }

    /// Records one time.
    pub fn record(&mut self, time: Duration) {
        self.0.saturating_record(nanoseconds(time));
    }
}

impl Default for Latencies {
    fn default() -> Self {
        Latencies::new()
    }
}

fn named(part: &str, unit: &str) -> String {
    if part.is_empty() {
        return unit.to_owned();
    }
    format!("{part}_{unit}")
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

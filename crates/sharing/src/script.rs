// Twin: go/sharing/script.go

//! The demo and the operations of scripts, over counted values.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
        mpsc::Receiver,
    },
};

use pair::{
    Counted, Line, Links, Operation, Out, Part, Script, Stop, Tally, id,
    settle, whole,
};
use sharing::{Worker, ask, share};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        word: "share",
        operands: &[whole("WORKERS", 1, 64)],
        part: Part::None,
        says: "makes a value, which counts as 64 bytes, and starts workers that share it, and prints their numbers, the first and the last; values and workers are numbered from 1, and 64 workers may live",
    },
    Operation {
        word: "clone",
        operands: &[id("WORKER")],
        part: Part::None,
        says: "starts another worker that shares the worker's value; refused if 64 workers live",
    },
    Operation {
        word: "work",
        operands: &[id("VALUE"), whole("ROUNDS", 1, 10_000)],
        part: Part::None,
        says: "makes all workers of a value add 1 to it ROUNDS times, all at once, and prints the value",
    },
    Operation {
        word: "count",
        operands: &[id("VALUE")],
        part: Part::None,
        says: "prints how many workers share a value, by their answers",
    },
    Operation {
        word: "drop",
        operands: &[id("WORKER")],
        part: Part::Releases,
        says: "ends a worker, which releases its value, and prints how many workers of the value are left",
    },
    Operation {
        word: "settle",
        operands: &[],
        part: Part::Settles,
        says: "waits until everything released is freed",
    },
    Operation {
        word: "alive",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of live values",
    },
    Operation {
        word: "freed",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of freed values",
    },
];

/// What a script keeps alive in a value, for the limit of bytes.
pub const VALUE_BYTES: usize = 64;

/// How many workers a script may have at once.
const MAX_WORKERS: usize = 64;

/// The value is a number to which the workers add, and it tells when it is freed.
type Sum = Counted<AtomicI64>;

pub fn demo(out: &Out) -> Result<(), Stop> {
    let data = Arc::new("shared".to_owned());
    let read = share(&data, 2, |worker, data| {
        format!("worker {worker} read {data:?}")
    });
    for line in read {
        out.line(line);
    }

    let tally = Tally::new();
    let value = Arc::new(Counted::new(&tally, AtomicI64::new(0)));
    let first = Worker::start(value.clone());
    let second = Worker::start(value.clone());
    drop(value);
    let sums = [ask(&first, add(1000)), ask(&second, add(1000))];
    for sum in &sums {
        heard(sum)?;
    }
    out.line(format_args!(
        "sum of both workers: {}",
        heard(&ask(&first, add(0)))?
    ));

    drop(first);
    settle();
    out.line(format_args!(
        "freed after the first worker: {} of {}",
        tally.freed(),
        tally.made()
    ));
    drop(second);
    settle();
    out.line(format_args!(
        "freed after the last worker: {} of {}",
        tally.freed(),
        tally.made()
    ));
    Ok(())
}

/// Adds 1 this many times, and tells the sum.
fn add(rounds: usize) -> impl Fn(&Arc<Sum>) -> i64 + Send + 'static {
    move |sum| {
        for _ in 0..rounds {
            sum.value.fetch_add(1, Relaxed);
        }
        sum.value.load(Relaxed)
    }
}

/// A worker's answer.
fn heard<R>(answer: &Receiver<R>) -> Result<R, Stop> {
    let silent =
        |_| Stop::Failed("a worker ended before it answered".to_owned());
    answer.recv().map_err(silent)
}

pub fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let mut shop = Shop {
        tally: script.tally(),
        ..Shop::default()
    };
    while let Some(line) = script.read_line()? {
        shop.perform(script, &line, out)?;
        script.link(|links| shop.draw(links));
    }
    Ok(())
}

/// The script holds workers, and only they hold the values.
#[derive(Default)]
struct Shop {
    tally: Tally,
    values: usize,
    started: usize,
    workers: BTreeMap<usize, Staff>,
}

/// A worker, and the number of the value that it shares.
struct Staff {
    value: usize,
    worker: Worker<Sum>,
}

impl Shop {
    fn perform(
        &mut self,
        script: &mut Script,
        line: &Line,
        out: &Out,
    ) -> Result<(), Stop> {
        match line.word {
            "share" => self.share(script, line.whole(0), out)?,
            "clone" => {
                let Staff { value, worker } =
                    self.staff(script, line.whole(0))?;
                let (value, handle) = (*value, ask(worker, Arc::clone));
                self.room(script, 1)?;
                self.start(value, heard(&handle)?);
                out.line(format_args!(
                    "worker {} shares value {value}",
                    self.started
                ));
            }
            "work" => {
                let workers = self.sharers(script, line.whole(0))?;
                let sums: Vec<_> = workers
                    .iter()
                    .map(|w| ask(w, add(line.whole(1))))
                    .collect();
                for sum in &sums {
                    heard(sum)?;
                }
                let sum = heard(&ask(workers[0], add(0)))?;
                out.line(format_args!("value {}: {sum}", line.whole(0)));
            }
            "count" => {
                let count = answering(&self.sharers(script, line.whole(0))?);
                out.line(format_args!("{count} workers"));
            }
            "drop" => {
                let value = self.staff(script, line.whole(0))?.value;
                self.workers.remove(&line.whole(0));
                let left = self.sharing(value);
                if left.is_empty() {
                    script.release(1, VALUE_BYTES);
                }
                out.line(format_args!("{} workers left", answering(&left)));
            }
            "settle" => {}
            "alive" => out.line(format_args!("{} alive", self.tally.alive())),
            "freed" => out.line(format_args!("{} freed", self.tally.freed())),
            other => return Err(script.unknown(other)),
        }
        Ok(())
    }

    fn share(
        &mut self,
        script: &mut Script,
        workers: usize,
        out: &Out,
    ) -> Result<(), Stop> {
        self.room(script, workers)?;
        script.hold(1, VALUE_BYTES)?;
        self.values += 1;
        let first = self.started + 1;
        let value = Arc::new(Counted::new(&self.tally, AtomicI64::new(0)));
        for _ in 0..workers {
            self.start(self.values, value.clone());
        }
        let (value, last) = (self.values, self.started);
        out.line(format_args!("value {value}: workers {first} to {last}"));
        Ok(())
    }

    /// Draws the handles of the workers.
    fn draw(&self, links: &mut Links) {
        for (number, staff) in &self.workers {
            links.hold_through(format!("worker {number}"), staff.value);
        }
    }

    fn start(&mut self, value: usize, handle: Arc<Sum>) {
        self.started += 1;
        let worker = Worker::start(handle);
        self.workers.insert(self.started, Staff { value, worker });
    }

    fn room(&self, script: &Script, workers: usize) -> Result<(), Stop> {
        if self.workers.len() + workers > MAX_WORKERS {
            return Err(
                script.refuse(format!("more than {MAX_WORKERS} workers"))
            );
        }
        Ok(())
    }

    fn staff(&self, script: &Script, worker: usize) -> Result<&Staff, Stop> {
        let staff = self.workers.get(&worker);
        staff.ok_or_else(|| {
            script.refuse(format!("worker {worker} has ended or never was"))
        })
    }

    /// The workers of a value, of which there is one at least.
    fn sharers(
        &self,
        script: &Script,
        value: usize,
    ) -> Result<Vec<&Worker<Sum>>, Stop> {
        let workers = self.sharing(value);
        if workers.is_empty() {
            return Err(script.not_alive(value));
        }
        Ok(workers)
    }

    /// The workers of a value, if it has any.
    fn sharing(&self, value: usize) -> Vec<&Worker<Sum>> {
        let shares = self.workers.values().filter(|staff| staff.value == value);
        shares.map(|staff| &staff.worker).collect()
    }
}

/// How many of these workers have the value: each is asked to add nothing to it.
fn answering(workers: &[&Worker<Sum>]) -> usize {
    let sums: Vec<_> =
        workers.iter().map(|worker| ask(worker, add(0))).collect();
    sums.iter().filter(|sum| sum.recv().is_ok()).count()
}

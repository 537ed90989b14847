// Twin: go/sharing/parts.go

//! Scripts in which the languages part, over workers that nobody closes.

use std::{collections::BTreeMap, sync::Arc};

use pair::{
    Command, Counted, Line, Operation, Out, Part, Script, Stop, Tally, id,
    whole,
};
use sharing::Worker;

use crate::script::VALUE_BYTES;

pub const PARTS: Command = pair::parts(OPERATIONS, |arguments, out| {
    pair::trace(arguments, OPERATIONS, parts, out)
});

const OPERATIONS: &[Operation] = &[
    Operation {
        word: "share",
        operands: &[whole("WORKERS", 1, 10)],
        part: Part::None,
        says: "makes a value and starts workers that share it; values and workers are numbered from 1",
    },
    Operation {
        word: "close",
        operands: &[id("WORKER")],
        part: Part::Releases,
        says: "closes a worker: in Rust its owner drops it",
    },
    Operation {
        word: "forget",
        operands: &[id("WORKER")],
        part: Part::Releases,
        says: "ends the scope of a worker's owner without a word: in Rust that drops the worker, too",
    },
    Operation {
        word: "settle",
        operands: &[],
        part: Part::Settles,
        says: "waits until everything unreachable is freed that ever is",
    },
];

/// A worker, and the number of the value that it shares.
type Staff = (Worker<Counted<()>>, usize);

fn parts(script: &mut Script, _: &Out) -> Result<(), Stop> {
    let tally = script.tally();
    let (mut workers, mut started) = (BTreeMap::new(), 0);
    while let Some(line) = script.read_line()? {
        perform(&mut workers, &mut started, &tally, script, &line)?;
        script.link(|links| {
            for (number, (_, value)) in &workers {
                links.hold_through(format!("worker {number}"), *value);
            }
        });
    }
    Ok(())
}

fn perform(
    workers: &mut BTreeMap<usize, Staff>,
    started: &mut usize,
    tally: &Tally,
    script: &mut Script,
    line: &Line,
) -> Result<(), Stop> {
    match line.word {
        "share" => {
            script.hold(1, VALUE_BYTES)?;
            let value = Arc::new(Counted::new(tally, ()));
            for _ in 0..line.whole(0) {
                *started += 1;
                let worker = Worker::start(value.clone());
                workers.insert(*started, (worker, value.number()));
            }
        }
        "close" | "forget" => {
            let Some(worker) = workers.remove(&line.whole(0)) else {
                let what = format!("worker {} is not held", line.whole(0));
                return Err(script.refuse(what));
            };
            drop(worker);
        }
        _ => {}
    }
    Ok(())
}

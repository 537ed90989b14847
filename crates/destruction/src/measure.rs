// Twin: go/destruction/measure.go

//! The measured cases.

use std::{cell::Cell, fs, io, path::Path};

use destruction::File;
use pair::{Bench, Case, Folder, Stop};

pub const CASES: &[Case] = &[Case {
    name: "open_close",
    unit: "ns",
    says: "opens and closes an empty file SCALE times",
    scale: 10_000,
    max: 10_000_000,
    run: open_close,
}];

fn open_close(bench: &mut Bench) -> Result<(), Stop> {
    let folder = Folder::new()?;
    let path = folder.path().join("empty");
    fs::write(&path, "")?;
    let count = bench.scale;
    bench.answer(visit(&path, count)?);
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| visit(&path, count))?;
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

/// Opens a file and closes it, again and again; tells how often it was closed.
fn visit(path: &Path, count: usize) -> io::Result<usize> {
    let visits = Cell::new(0);
    let closed = |_: &Path| visits.set(visits.get() + 1);
    for _ in 0..count {
        File::open(path, &closed)?;
    }
    Ok(visits.get())
}

// Twin: go/allocation/read_all.go

//! Measured reading of inputs whose length nobody tells.

use std::{
    hint::black_box,
    io::{self, Read},
};

use pair::{Bench, Case, Stop};

/// How much a sample reads, in inputs of SCALE bytes.
const TOTAL: usize = 16 << 20;

/// How many inputs it reads at most.
const INPUTS: usize = 1 << 14;

pub const READ_ALL: Case = Case {
    name: "read_all",
    unit: "ns",
    says: "reads 16 MiB in at most 16384 inputs of SCALE bytes, whose length nobody tells, with the library",
    scale: 1 << 20,
    max: TOTAL,
    run: |bench| measure(bench, |input, _| whole(input)),
};

pub const READ_ALL_GROWN: Case = Case {
    name: "read_all_grown",
    says: "does the same into one block, which grows whenever it is full",
    run: |bench| measure(bench, |input, _| grown(input)),
    ..READ_ALL
};

pub const READ_ALL_SIZED: Case = Case {
    name: "read_all_sized",
    says: "does the same with the length given",
    run: |bench| measure(bench, sized),
    ..READ_ALL
};

/// Reads an input, whose length is the number.
type Form = fn(Untold, usize) -> io::Result<Vec<u8>>;

fn measure(bench: &mut Bench, read: Form) -> Result<(), Stop> {
    let source: Vec<u8> = (0..bench.scale).map(|i| i as u8).collect();
    bench.answer(inputs(&source, read)?);
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| inputs(black_box(&source), read))?;
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

/// Reads the source again and again; adds up the lengths and the last bytes.
fn inputs(source: &[u8], read: Form) -> io::Result<usize> {
    let mut sum = 0;
    for _ in 0..INPUTS.min(TOTAL / source.len()) {
        let bytes = read(Untold { left: source }, source.len())?;
        sum += bytes.len() + usize::from(bytes[bytes.len() - 1]);
    }
    Ok(sum)
}

/// An input that tells nobody its length.
struct Untold<'a> {
    left: &'a [u8],
}

impl Read for Untold<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.left.read(into)
    }
}

/// Reads with the library.
fn whole(mut input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads as Go's library did before 1.26. The vector chooses the new size: twice of what is there.
fn grown(mut input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; 512];
    let mut len = 0;
    loop {
        let n = input.read(&mut bytes[len..])?;
        if n == 0 {
            bytes.truncate(len);
            return Ok(bytes);
        }
        len += n;
        if len == bytes.len() {
            bytes.reserve(1);
            bytes.resize(bytes.capacity(), 0);
        }
    }
}

/// Reads into a block of the right size.
fn sized(mut input: Untold, size: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; size];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

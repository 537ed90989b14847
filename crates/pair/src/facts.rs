// Twin: go/pair/facts.go

use std::fmt::Display;

use crate::{Out, Stop};

/// Number of things that a fact is about, unless a test asks for another number.
const COUNT: usize = 1000;

/// Number of retries for facts that were not the same twice.
const MAX_TRIES: usize = 5;

/// The facts that differ between the languages, a line each.
pub struct Facts {
    out: Out,
    count: usize,
}

impl Facts {
    /// Facts that are printed here.
    pub fn new(out: &Out) -> Self {
        Facts::about(out, COUNT)
    }

    /// Facts about this many things.
    pub fn about(out: &Out, count: usize) -> Self {
        Facts {
            out: out.clone(),
            count,
        }
    }

    /// How many things a fact is about.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Prints one fact; the other language prints one of the same name.
    pub fn add(&mut self, name: impl Display, value: impl Display) {
        let value = value.to_string().replace(['\t', '\n', '\r'], " ");
        self.out.line(format_args!("{name}\t{value}"));
    }

    /// The lines that a topic prints about this many things: a measured fact follows their number, a literal
    /// does not. Repeats until two results are equal, since other threads of a test allocate too.
    pub fn collect(
        count: usize,
        contrast: fn(&mut Facts) -> Result<(), Stop>,
    ) -> Result<Vec<String>, Stop> {
        let mut lines = ask_once(count, contrast)?;
        for _ in 0..MAX_TRIES {
            let before = lines;
            lines = ask_once(count, contrast)?;
            if lines == before {
                break;
            }
        }
        Ok(lines)
    }
}

fn ask_once(
    count: usize,
    contrast: fn(&mut Facts) -> Result<(), Stop>,
) -> Result<Vec<String>, Stop> {
    let out = Out::memory();
    contrast(&mut Facts::about(&out, count))?;
    let text = String::from_utf8_lossy(&out.take()).into_owned();
    Ok(text.lines().map(str::to_owned).collect())
}

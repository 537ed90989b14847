// Twin: go/pair/facts.go

use std::fmt::Display;

use crate::{Out, Stop};

/// How many things a fact is about, unless a test asks for another number.
const COUNT: usize = 1000;

/// How often a test asks again for facts that were not the same twice.
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

    /// Facts about so many things.
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

    /// Tells one fact; the other language tells one of the same name.
    pub fn add(&mut self, name: impl Display, value: impl Display) {
        let value = value.to_string().replace(['\t', '\n', '\r'], " ");
        self.out.line(format_args!("{name}\t{value}"));
    }

    /// What a topic tells about so many things: a fact that was measured follows their number, one that
    /// was written by hand does not. It is asked until it says the same twice: other threads of a test
    /// allocate too.
    pub fn told(
        count: usize,
        contrast: fn(&mut Facts) -> Result<(), Stop>,
    ) -> Result<Vec<String>, Stop> {
        let mut told = tell(count, contrast)?;
        for _ in 0..MAX_TRIES {
            let before = told;
            told = tell(count, contrast)?;
            if told == before {
                break;
            }
        }
        Ok(told)
    }
}

fn tell(count: usize, contrast: fn(&mut Facts) -> Result<(), Stop>) -> Result<Vec<String>, Stop> {
    let out = Out::memory();
    contrast(&mut Facts::about(&out, count))?;
    let text = String::from_utf8_lossy(&out.take()).into_owned();
    Ok(text.lines().map(str::to_owned).collect())
}

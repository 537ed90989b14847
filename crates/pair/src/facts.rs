// Twin: go/pair/facts.go

use std::fmt::Display;

use crate::Out;

/// The facts that differ between the languages, a line each.
pub struct Facts(Out);

impl Facts {
    /// Facts that are printed here.
    pub fn new(out: &Out) -> Self {
        Facts(out.clone())
    }

    /// Tells one fact; the other language tells one of the same name.
    pub fn add(&mut self, name: &str, value: impl Display) {
        let value = value.to_string().replace(['\t', '\n', '\r'], " ");
        self.0.line(format_args!("{name}\t{value}"));
    }
}

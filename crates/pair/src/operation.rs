// Twin: go/pair/operation.go

use std::{
    fmt::{self, Display},
    iter,
};

/// One kind of line in a topic's scripts.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The line's first word.
    pub word: &'static str,
    /// What stands behind it.
    pub operands: &'static [Operand],
    /// Its part in settling.
    pub part: Part,
    /// What it does, in one sentence.
    pub says: &'static str,
}

/// What may stand behind an operation's word.
#[derive(Debug, Clone, Copy)]
pub struct Operand {
    /// Its name in help and messages.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// The smallest value, or the shortest name.
    pub min: i64,
    /// The largest value, or the longest name.
    pub max: i64,
}

/// An operand's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Digits.
    Whole,
    /// Digits, with or without a sign.
    Signed,
    /// Digits that name something alive; from 1.
    Id,
    /// ASCII letters, digits, `_` and `-`.
    Name,
}

/// An operation's part in settling: some answers exist in Go only after a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Nothing to do with it.
    None,
    /// What it releases is freed at once in Rust, at some time in Go.
    Releases,
    /// Its answer exists in both languages only after `settle`.
    NeedsSettle,
    /// Waits until everything released is freed.
    Settles,
}

/// A number without a sign.
pub const fn whole(name: &'static str, min: i64, max: i64) -> Operand {
    operand(name, Kind::Whole, min, max)
}

/// A number with or without a sign.
pub const fn signed(name: &'static str, min: i64, max: i64) -> Operand {
    operand(name, Kind::Signed, min, max)
}

/// A number that names something alive.
pub const fn id(name: &'static str) -> Operand {
    operand(name, Kind::Id, 1, 1_000_000_000)
}

/// A word of ASCII letters, digits, `_` and `-`.
pub const fn name(name: &'static str, longest: i64) -> Operand {
    operand(name, Kind::Name, 1, longest)
}

const fn operand(name: &'static str, kind: Kind, min: i64, max: i64) -> Operand {
    Operand {
        name,
        kind,
        min,
        max,
    }
}

impl Operation {
    /// The operation's word and its operands' names.
    pub fn usage(&self) -> String {
        let names = self.operands.iter().map(|operand| operand.name);
        iter::once(self.word)
            .chain(names)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// One line of the table that `operations` prints.
    pub fn row(&self) -> String {
        let operands: Vec<_> = self.operands.iter().map(ToString::to_string).collect();
        let operands = if operands.is_empty() {
            "-".to_owned()
        } else {
            operands.join(" ")
        };
        format!("{}\t{operands}\t{}\t{}", self.word, self.part, self.says)
    }
}

impl Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Whole => "whole",
            Kind::Signed => "signed",
            Kind::Id => "id",
            Kind::Name => "name",
        })
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Operand {
            name,
            kind,
            min,
            max,
        } = self;
        write!(f, "{name}:{kind}:{min}..{max}")
    }
}

impl Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::None => "-",
            Part::Releases => "releases",
            Part::NeedsSettle => "needs settle",
            Part::Settles => "settles",
        })
    }
}

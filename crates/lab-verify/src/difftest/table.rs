//! The table that a program prints of a script's operations.

use anyhow::{Context as _, Result, bail, ensure};

/// One operation of a script.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The line's first word.
    pub word: String,
    /// What stands behind it.
    pub operands: Vec<Operand>,
    /// Its part in settling.
    pub part: Part,
    /// What it does, in one sentence.
    pub says: String,
}

/// One operand of an operation.
#[derive(Debug, Clone)]
pub struct Operand {
    /// Its name in messages.
    pub name: String,
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
    /// Digits, with a sign if one likes.
    Signed,
    /// The number of something alive.
    Id,
    /// A word.
    Name,
}

/// An operation's part in settling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// None.
    #[default]
    None,
    /// It may let something go.
    Releases,
    /// Its answer exists only after everything released is freed.
    NeedsSettle,
    /// It waits for that.
    Settles,
}

/// Reads the table.
pub fn read(text: &str) -> Result<Vec<Operation>> {
    let row = |line: &str| operation(line).with_context(|| format!("not an operation: {line:?}"));
    text.lines().map(row).collect()
}

fn operation(line: &str) -> Result<Operation> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [word, operands, part, says] = columns[..] else {
        bail!("there are {} columns, not 4", columns.len());
    };
    ensure!(!says.is_empty(), "{word} does not say what it does");
    let part = match part {
        "-" => Part::None,
        "releases" => Part::Releases,
        "needs settle" => Part::NeedsSettle,
        "settles" => Part::Settles,
        other => bail!("unknown part {other:?}"),
    };
    let operands = match operands {
        "-" => Vec::new(),
        operands => operands.split(' ').map(operand).collect::<Result<_>>()?,
    };
    Ok(Operation {
        word: word.to_owned(),
        operands,
        part,
        says: says.to_owned(),
    })
}

fn operand(text: &str) -> Result<Operand> {
    let parts: Vec<&str> = text.split(':').collect();
    let [name, kind, range] = parts[..] else {
        bail!("{text:?} is not NAME:KIND:LEAST..MOST");
    };
    let kind = match kind {
        "whole" => Kind::Whole,
        "signed" => Kind::Signed,
        "id" => Kind::Id,
        "name" => Kind::Name,
        other => bail!("unknown kind {other:?}"),
    };
    let (min, max) = range.split_once("..").context("LEAST..MOST is missing")?;
    Ok(Operand {
        name: name.to_owned(),
        kind,
        min: min.parse()?,
        max: max.parse()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read() {
        let table = read("put\tKEY:name:1..64 SIZE:whole:0..9\treleases\tputs it\n").unwrap();
        assert_eq!(table[0].word, "put");
        assert_eq!(table[0].part, Part::Releases);
        assert_eq!(table[0].says, "puts it");
        assert_eq!(table[0].operands[1].kind, Kind::Whole);
        assert_eq!(table[0].operands[1].max, 9);
        assert!(read("put\tKEY\t-\tsays\n").is_err());
        assert!(read("put\t-\n").is_err());
        assert!(read("put\t-\t-\t\n").is_err());
    }
}

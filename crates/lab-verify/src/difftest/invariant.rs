//! Invariants of the programs' output, which hold whether or not the model has an opinion: nothing is lost, and
//! nothing comes from nowhere.

mod counts;
mod trades;

use std::collections::BTreeMap;

use super::{programs::Answer, script::performed, table::Operation};

/// The broken invariant, in words.
type Broken = Result<(), String>;

/// A script that was performed, and its output.
struct Seen<'a> {
    topic: &'a str,
    table: &'a [Operation],
    /// The words of each line.
    lines: Vec<Vec<&'a str>>,
    printed: Vec<&'a str>,
}

impl<'a> Seen<'a> {
    /// The numbers of all printed lines of a form, in order.
    fn numbers(&self, before: &'a str, after: &'a str) -> impl Iterator<Item = i64> {
        let lines = self.printed.iter();
        lines.filter_map(move |line| number(line, before, after))
    }

    /// All lines of an operation, in order.
    fn lines_of(&self, word: &'a str) -> impl Iterator<Item = &Vec<&'a str>> {
        self.lines.iter().filter(move |line| line[0] == word)
    }
}

/// The first broken invariant, if any.
pub fn broken(topic: &str, table: &[Operation], script: &[u8], answer: &Answer) -> Option<String> {
    let Answer::Said { stdout, .. } = answer else {
        return None;
    };
    let Ok(printed) = str::from_utf8(stdout) else {
        return Some("what is printed is text".to_owned());
    };
    let seen = Seen {
        topic,
        table,
        lines: performed(script, answer),
        printed: printed.lines().collect(),
    };
    let kept = counts::check(&seen).and_then(|()| match topic {
        "allocator" => blocks(&seen),
        "deadline" => trades::check(&seen),
        "destruction" => closings(&seen),
        _ => Ok(()),
    });
    kept.err()
}

/// Every file that was opened is closed, once, and the system counts those between.
fn closings(seen: &Seen) -> Broken {
    let mut open: BTreeMap<&str, i64> = BTreeMap::new();
    for line in &seen.printed {
        if let Some(name) = line.strip_prefix("opened ") {
            *open.entry(name).or_default() += 1;
        } else if let Some(name) = line.strip_prefix("closed ") {
            let left = open.entry(name).or_default();
            *left -= 1;
            if *left < 0 {
                return Err(format!("{name} is closed once for each time it was opened"));
            }
        } else if let Some(printed) = number(line, "", " open") {
            let sum: i64 = open.values().sum();
            if printed != sum {
                return Err(format!("{sum} files are open, and not {printed}"));
            }
        }
    }
    match open.iter().find(|(_, left)| **left > 0) {
        Some((name, _)) => Err(format!("{name} is closed in the end")),
        None => Ok(()),
    }
}

/// Each block has a number of its own and lies inside the arena, at a multiple of what was asked for.
fn blocks(seen: &Seen) -> Broken {
    const SIZE: i64 = 65_536;
    let outcomes = seen.printed.iter();
    let outcomes = outcomes.filter(|line| **line == "no room" || line.starts_with("block "));
    let mut made = 0;
    for (line, outcome) in seen.lines_of("alloc").zip(outcomes) {
        let Some(number) = number(outcome, "block ", " at ") else {
            continue;
        };
        made += 1;
        let place = self::number(outcome, &format!("block {number} at "), "").unwrap_or(-1);
        let (size, align) = (value(line, 1), value(line, 2));
        if number != made || place < 0 || place % align != 0 || place + size > SIZE {
            return Err(format!(
                "block {made} lies at a multiple of {align} and ends before {SIZE}: {outcome}"
            ));
        }
    }
    Ok(())
}

/// The number that stands between two texts at the beginning of a line; at its end if the second is empty.
fn number(line: &str, before: &str, after: &str) -> Option<i64> {
    let rest = line.strip_prefix(before)?;
    let number = match after {
        "" => rest,
        after => rest.split_once(after)?.0,
    };
    number.parse().ok()
}

/// The operand at this place, from 1.
fn value(line: &[&str], place: usize) -> i64 {
    line.get(place)
        .and_then(|word| word.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;

//! Lines that try an operation of a script: one that is accepted, operands that are not.

use std::iter;

use lab_verify::difftest::table::{Kind, Operand, Operation};

/// A line that the reader of scripts accepts; the topic may refuse it.
pub fn plain(operation: &Operation) -> String {
    let operand = |operand: &Operand| match operand.kind {
        Kind::Name => "a".repeat(operand.min as usize),
        _ => operand.min.to_string(),
    };
    let operands = operation.operands.iter().map(operand);
    let words: Vec<_> = iter::once(operation.word.clone()).chain(operands).collect();
    words.join(" ")
}

/// Texts that are not valid operands.
pub fn bad(operand: &Operand) -> Vec<String> {
    let texts: &[&str] = match operand.kind {
        Kind::Name => &["ä", "a/b", "\"", "a\u{7f}", "\\"],
        Kind::Signed => &[
            "x",
            "1.5",
            "-",
            "+",
            "0x10",
            "1_000",
            "--1",
            "99999999999999999999",
        ],
        Kind::Whole | Kind::Id => &[
            "x",
            "1.5",
            "-1",
            "+1",
            "0x10",
            "1_000",
            "١",
            "99999999999999999999",
            "\u{b}1",
        ],
    };
    let mut bad: Vec<String> = texts.iter().map(ToString::to_string).collect();
    if operand.kind == Kind::Name {
        bad.push("a".repeat(operand.max as usize + 1));
    } else {
        bad.extend(operand.max.checked_add(1).map(|n| n.to_string()));
        bad.extend(operand.min.checked_sub(1).map(|n| n.to_string()));
    }
    bad
}

/// Texts at the limits of an operand, and one inside of each.
pub fn good(operand: &Operand) -> Vec<String> {
    let (min, max) = (operand.min, operand.max);
    let inside = [min, min + 1, max - 1, max];
    let mut good = inside
        .map(|number| match operand.kind {
            Kind::Name => "a".repeat(number as usize),
            _ => number.to_string(),
        })
        .to_vec();
    if operand.kind == Kind::Signed {
        good.push(format!("+{}", operand.max));
    }
    good
}

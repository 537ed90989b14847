//! Lines of scripts, and the words that they are made of.

use proptest::{
    prelude::{Just, Strategy},
    prop_oneof,
    strategy::BoxedStrategy,
};

use crate::{
    difftest::script::{Line, Script},
    difftest::table::{Kind, Operand, Operation},
};

/// A random line.
pub type Text = BoxedStrategy<Vec<u8>>;

pub fn line(operation: &Operation, operand: &dyn Fn(&Operand) -> BoxedStrategy<String>) -> Text {
    let operands: Vec<_> = operation.operands.iter().map(operand).collect();
    let word = operation.word.clone();
    let text = operands.prop_map(move |operands| {
        let mut words = vec![word.clone()];
        words.extend(operands);
        words.join(" ").into_bytes()
    });
    text.boxed()
}

/// An operand at one of its limits, or one beyond.
pub fn at_limit(operand: &Operand) -> BoxedStrategy<String> {
    if operand.kind == Kind::Name {
        return Just("a".to_owned()).boxed();
    }
    let (min, max) = (operand.min, operand.max);
    let number = prop_oneof![4 => Just(min), 4 => Just(max), 1 => Just(max + 1)];
    number.prop_map(|number| number.to_string()).boxed()
}

pub fn plain_end() -> BoxedStrategy<&'static [u8]> {
    Just(&b"\n"[..]).boxed()
}

pub fn any_end() -> BoxedStrategy<&'static [u8]> {
    prop_oneof![
        12 => Just(&b"\n"[..]),
        4 => Just(&b"\r\n"[..]),
        1 => Just(&b"\n\n"[..]),
        1 => Just(&b"\r"[..]),
        1 => Just(&b""[..]),
    ]
    .boxed()
}

/// A script of these lines.
pub fn fixed(texts: Vec<Vec<u8>>, heavy: bool) -> Script {
    Script::fixed(numbered(texts), heavy)
}

pub fn numbered(texts: Vec<Vec<u8>>) -> Vec<Line> {
    let line = |(tag, text)| Line {
        tag,
        text,
        end: b"\n",
    };
    (0..).zip(texts).map(line).collect()
}

/// An operation with every operand at its minimum.
pub fn at_min(operation: &Operation) -> Vec<u8> {
    words(operation, &|operand| operand.min)
        .join(" ")
        .into_bytes()
}

/// An operation with each operand at its maximum in turn, then with all of them.
pub fn at_limits(operation: &Operation) -> Vec<Vec<u8>> {
    let operands = &operation.operands;
    let mut lines = Vec::new();
    for place in 0..operands.len() {
        let mut words = words(operation, &|operand| operand.min);
        words[place + 1] = text(&operands[place], operands[place].max);
        lines.push(words.join(" ").into_bytes());
    }
    if operands.len() > 1 {
        lines.push(
            words(operation, &|operand| operand.max)
                .join(" ")
                .into_bytes(),
        );
    }
    lines
}

/// An operation with every number at its maximum.
pub fn at_max(operation: &Operation) -> Vec<u8> {
    let max = |operand: &Operand| {
        if operand.kind == Kind::Id {
            1
        } else {
            operand.max
        }
    };
    words(operation, &max).join(" ").into_bytes()
}

/// An operation with its first number at its maximum, the others at their minimum.
pub fn first_at_max(operation: &Operation) -> Vec<u8> {
    let first = operation
        .operands
        .iter()
        .find(|operand| operand.kind == Kind::Whole);
    let number = |operand: &Operand| match first {
        Some(first) if first.name == operand.name => operand.max,
        _ => operand.min,
    };
    words(operation, &number).join(" ").into_bytes()
}

pub fn words(operation: &Operation, number: &dyn Fn(&Operand) -> i64) -> Vec<String> {
    let operand = |operand: &Operand| text(operand, number(operand));
    let mut words = vec![operation.word.clone()];
    words.extend(operation.operands.iter().map(operand));
    words
}

/// An operand as a script has it: a number, or a name of that length.
pub fn text(operand: &Operand, number: i64) -> String {
    match operand.kind {
        Kind::Name => "a".repeat(number as usize),
        _ => number.to_string(),
    }
}

/// Texts just outside of what an operand may be.
pub fn beyond(operand: &Operand) -> Vec<String> {
    match operand.kind {
        Kind::Name => vec!["n".repeat(operand.max as usize + 1), "ä".to_owned()],
        _ => vec![
            (operand.max + 1).to_string(),
            (operand.min - 1).to_string(),
            "x".to_owned(),
        ],
    }
}

/// The names that a kept script uses.
pub fn names_of(table: &[Operation], text: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for line in String::from_utf8_lossy(text).lines() {
        let mut words = line.split_whitespace();
        let word = words.next();
        let Some(operation) = table.iter().find(|o| Some(o.word.as_str()) == word) else {
            continue;
        };
        for (operand, word) in operation.operands.iter().zip(words) {
            if operand.kind == Kind::Name && word.len() <= 12 {
                names.push(word.to_owned());
            }
        }
    }
    names
}

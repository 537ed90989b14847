//! A line of a script as a model reads it: well formed, or refused with the reason that both programs give.

use super::table::{Kind, Operand, Operation, Part};

/// Longest line of a script, in bytes.
const MAX_LENGTH: usize = 64 << 10;

/// Why a script ends before its last line.
pub enum End {
    /// A line is refused, for this reason.
    Refused(String),
    /// The line is beyond the model, mostly because it is too large.
    Beyond,
    /// The model does not know the operation.
    Unknown,
}

/// A well-formed line.
pub struct Line<'a> {
    /// The operation.
    pub word: &'a str,
    /// Its numbers, in order.
    pub numbers: Vec<i64>,
    /// Its names, in order.
    pub names: Vec<&'a str>,
}

impl Line<'_> {
    /// A number that is never negative.
    pub fn whole(&self, place: usize) -> u64 {
        self.numbers[place] as u64
    }
}

/// Refuses a line.
pub fn refused<T>(what: impl Into<String>) -> Result<T, End> {
    Err(End::Refused(what.into()))
}

/// Refuses a line that names an object which is gone or never was.
pub fn not_alive<T>(id: i64) -> Result<T, End> {
    refused(format!("{id} is not alive"))
}

/// Reads a line, and its operation's part in settling; `None` for an empty line or a comment.
pub fn read<'a>(
    raw: &'a [u8],
    table: &[Operation],
    unsettled: bool,
) -> Result<Option<(Line<'a>, Part)>, End> {
    let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
    if raw.len() > MAX_LENGTH {
        return refused(format!("longer than {MAX_LENGTH} bytes"));
    }
    let Ok(text) = str::from_utf8(raw) else {
        return refused("not UTF-8");
    };
    let said = text.split_once('#').map_or(text, |(said, _)| said);
    let words: Vec<&str> = said.split([' ', '\t']).filter(|w| !w.is_empty()).collect();
    let Some((&first, given)) = words.split_first() else {
        return Ok(None);
    };
    let Some(operation) = table.iter().find(|o| o.word == first) else {
        return refused(format!("unknown operation {}", quoted(first)));
    };
    if given.len() != operation.operands.len() {
        let names = operation.operands.iter().map(|o| o.name.as_str());
        let usage: Vec<&str> = [first].into_iter().chain(names).collect();
        return refused(format!("usage: {}", usage.join(" ")));
    }
    let mut line = Line {
        word: first,
        numbers: Vec::new(),
        names: Vec::new(),
    };
    for (operand, text) in operation.operands.iter().zip(given) {
        add_operand(operand, text, &mut line)
            .or_else(|what| refused(format!("{}: {} is not {what}", operand.name, quoted(text))))?;
    }
    if operation.part == Part::NeedsSettle && unsettled {
        let settle = table.iter().find(|o| o.part == Part::Settles);
        let settle = settle.map_or("", |o| &o.word);
        return refused(format!("\"{first}\" needs \"{settle}\" first"));
    }
    Ok(Some((line, operation.part)))
}

/// Adds an operand to the line, or says what it is not.
fn add_operand<'a>(operand: &Operand, text: &'a str, line: &mut Line<'a>) -> Result<(), String> {
    if operand.kind == Kind::Name {
        if text.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-') {
            return Err("a name of letters, digits, \"_\" and \"-\"".to_owned());
        }
        if text.len() as i64 > operand.max {
            return Err(format!("at most {} letters long", operand.max));
        }
        line.names.push(text);
        return Ok(());
    }
    let digits = match operand.kind {
        Kind::Signed => text.strip_prefix(['+', '-']).unwrap_or(text),
        _ => text,
    };
    if digits.is_empty() || digits.contains(|c: char| !c.is_ascii_digit()) {
        return Err("a whole number".to_owned());
    }
    let size: i128 = digits
        .trim_start_matches('0')
        .chars()
        .take(20)
        .fold(0, |sum, digit| sum * 10 + i128::from(digit as u8 - b'0'));
    let number = if text.starts_with('-') { -size } else { size };
    if number < i128::from(operand.min) || number > i128::from(operand.max) {
        return Err(format!("in {}..{}", operand.min, operand.max));
    }
    line.numbers.push(number as i64);
    Ok(())
}

/// Text in quotes, byte by byte.
fn quoted(text: &str) -> String {
    let shown = text.bytes().take(256).map(|byte| match byte {
        b'"' => "\\\"".to_owned(),
        b'\\' => "\\\\".to_owned(),
        32..127 => char::from(byte).to_string(),
        other => format!("\\x{other:02x}"),
    });
    let more = if text.len() > 256 { "..." } else { "" };
    format!("\"{}\"{more}", shown.collect::<String>())
}

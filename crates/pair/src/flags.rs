// Twin: go/pair/flags.go

use std::ffi::OsString;

use crate::{Stop, quote};

/// The arguments behind a command: flags with values, switches, and words.
#[derive(Debug, Default)]
pub struct Flags {
    /// The arguments that are no flags.
    pub words: Vec<OsString>,
    values: Vec<(&'static str, String)>,
}

impl Flags {
    /// Sorts the arguments; `flags` names those that take a value, `switches` those that do not.
    pub fn parse(
        arguments: &[OsString],
        flags: &[&'static str],
        switches: &[&'static str],
    ) -> Result<Self, Stop> {
        let mut parsed = Flags::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if !argument.as_encoded_bytes().starts_with(b"-") {
                parsed.words.push(argument.clone());
                continue;
            }
            let bytes = argument.as_encoded_bytes();
            let equals = bytes.iter().position(|&byte| byte == b'=');
            let (word, value) = bytes.split_at(equals.unwrap_or(bytes.len()));
            let is_word = |name: &&&'static str| name.as_bytes() == word;
            if let (Some(switch), None) = (switches.iter().find(is_word), equals) {
                parsed.values.push((switch, String::new()));
                continue;
            }
            let Some(flag) = flags.iter().find(is_word) else {
                return Err(Stop::Call(format!("unknown option {}", quote(bytes))));
            };
            let value = match equals {
                Some(_) => Some(&value[1..]),
                None => rest.next().map(|next| next.as_encoded_bytes()),
            };
            let value = value.ok_or_else(|| Stop::Call(format!("{flag} needs a value")))?;
            let text = str::from_utf8(value)
                .map_err(|_| Stop::Usage(format!("{flag}: {} is not UTF-8", quote(value))))?;
            parsed.values.push((flag, text.to_owned()));
        }
        Ok(parsed)
    }

    /// Whether the switch was given.
    pub fn has(&self, switch: &str) -> bool {
        self.get(switch).is_some()
    }

    /// The flag's value, the last one if it was given more than once.
    pub fn get(&self, flag: &str) -> Option<&str> {
        let found = self.values.iter().rev().find(|(name, _)| *name == flag);
        found.map(|(_, value)| value.as_str())
    }

    /// The flag's value as a number in a range, or what stands for it when it was not given.
    pub fn number(
        &self,
        flag: &str,
        min: usize,
        max: usize,
        otherwise: usize,
    ) -> Result<usize, Stop> {
        let Some(text) = self.get(flag) else {
            return Ok(otherwise);
        };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if digits && (min..=max).contains(&number) => Ok(number),
            _ => Err(Stop::Usage(format!(
                "{flag}: {} is not a whole number in {min}..{max}",
                quote(text.as_bytes())
            ))),
        }
    }

    /// Fails if there are more words than this.
    pub fn at_most(&self, words: usize) -> Result<(), Stop> {
        match self.words.get(words) {
            None => Ok(()),
            Some(word) => {
                let shown = quote(word.as_encoded_bytes());
                Err(Stop::Call(format!("unexpected argument {shown}")))
            }
        }
    }
}

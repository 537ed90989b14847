//! Coverage of scripts: operations that were performed, and errors by the texts in the sources.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context as _, Result};

use lab_workspace::project::{Project, Topic};

use super::{
    model,
    model_run::Opinion,
    programs::Answer,
    script::performed,
    table::{Kind, Operation, Part},
};

/// Errors that no script can reach: the topic, the error's text, the reason.
const OUT_OF_REACH: &[(&str, &str, &str)] = &[
    (
        "cycles",
        MUCH,
        "a node counts for 64 bytes: the objects run out first",
    ),
    (
        "deadline",
        MANY,
        "a particle counts for 384 bytes: the bytes run out first",
    ),
    (
        "footprint",
        MUCH,
        "a node counts for 64 bytes: the objects run out first",
    ),
    (
        "pauses",
        MUCH,
        "a visit counts for 64 bytes: the objects run out first",
    ),
    (
        "sharing",
        MANY,
        "64 values a time: a script would have a million lines",
    ),
    (
        "sharing",
        MUCH,
        "64 values a time: a script would have a million lines",
    ),
];

const MANY: &str = "more than {MAX_OBJECTS} objects alive";
const MUCH: &str = "more than {MAX_BYTES} bytes alive";

/// How often an operation was performed with success.
#[derive(Debug, Default)]
pub struct Performed {
    part: Part,
    /// By both programs.
    pub all: usize,
    /// By the model too.
    pub modelled: usize,
    /// Behind another operation, with no `settle` in the script until then.
    pub unsettled: usize,
}

/// Coverage of a topic's scripts.
#[derive(Debug)]
pub struct Coverage {
    /// What became of each operation.
    pub operations: BTreeMap<String, Performed>,
    /// Whether there is a model.
    pub model: bool,
    /// Operations for which the model has no line.
    pub unknown: BTreeSet<String>,
    /// How often each error came, by its text in the sources.
    pub errors: BTreeMap<String, usize>,
    /// Errors that belong to no text of the sources.
    pub strange: BTreeSet<String>,
    /// Errors that no script can reach, and why.
    pub out_of_reach: BTreeMap<&'static str, &'static str>,
    /// Whether the bounds of what a script may hold were looked for.
    pub bounds: bool,
}

impl Coverage {
    /// An empty count of all operations and errors of a topic.
    pub fn new(
        project: &Project,
        topic: &Topic,
        table: &[Operation],
        bounds: bool,
    ) -> Result<Self> {
        let read = |path: String| {
            let path = project.root.join(path);
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        let own = read(format!("crates/{}/src/script.rs", topic.name))?;
        let common = read("crates/pair/src/script.rs".to_owned())?;
        let mut errors = texts(&own);
        let applies = |text: &String| possible(text, &own, table);
        errors.extend(texts(&common).into_iter().filter(applies));
        let known = OUT_OF_REACH.iter().filter(|(name, ..)| *name == topic.name);
        let performed = |operation: &Operation| Performed {
            part: operation.part,
            ..Performed::default()
        };
        Ok(Coverage {
            operations: table
                .iter()
                .map(|o| (o.word.clone(), performed(o)))
                .collect(),
            model: model::of_topic(&topic.name).is_some(),
            unknown: BTreeSet::new(),
            errors: errors.into_iter().map(|text| (text, 0)).collect(),
            strange: BTreeSet::new(),
            out_of_reach: known.map(|&(_, text, why)| (text, why)).collect(),
            bounds,
        })
    }

    /// Counts what a script reached: all its lines, or those before the one that was refused.
    pub fn count(&mut self, script: &[u8], answer: &Answer, opinion: &Opinion) {
        match (answer, answer.refused()) {
            (_, Some((_, what))) => self.error(what),
            (
                Answer::Said {
                    code: 1.., stderr, ..
                },
                None,
            ) => {
                let text = String::from_utf8_lossy(stderr).into_owned();
                self.strange.insert(text);
            }
            _ => {}
        }
        if let Opinion::Unknown(word) = opinion {
            self.unknown.insert(word.clone());
        }
        let (mut acted, mut settled) = (false, false);
        for words in performed(script, answer) {
            let Some(count) = self.operations.get_mut(words[0]) else {
                continue;
            };
            count.all += 1;
            count.modelled += usize::from(matches!(opinion, Opinion::Says(_)));
            match count.part {
                Part::Settles => settled = true,
                Part::NeedsSettle => count.unsettled += usize::from(acted && !settled),
                Part::None | Part::Releases => acted = true,
            }
        }
    }

    fn error(&mut self, what: &str) {
        let mut known = self.errors.iter_mut();
        match known.find(|(text, _)| fits(text, what)) {
            Some((_, count)) => *count += 1,
            None => {
                self.strange.insert(what.to_owned());
            }
        }
    }

    /// What should have been reached and was not, and what should not have been and was.
    pub fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for (word, count) in &self.operations {
            if count.all == 0 {
                missing.push(format!("operation {word:?} was never performed"));
            } else if self.unknown.contains(word) {
                missing.push(format!("operation {word:?} is unknown to the model"));
            } else if self.model && count.modelled == 0 {
                missing.push(format!("operation {word:?} was always beyond the model"));
            } else if count.part == Part::NeedsSettle && count.unsettled == 0 {
                missing.push(format!(
                    "operation {word:?} never had an answer without a settle in its script"
                ));
            }
        }
        for (text, &count) in &self.errors {
            if count == 0 && text.starts_with("more than ") && !self.bounds {
                continue;
            }
            match (count, self.out_of_reach.contains_key(text.as_str())) {
                (0, false) => missing.push(format!("error {text:?} was never reached")),
                (1.., true) => {
                    missing.push(format!("error {text:?} can be reached, against the list"));
                }
                _ => {}
            }
        }
        let strange = self.strange.iter().take(5);
        missing.extend(strange.map(|what| format!("error {what:?} stands in no source")));
        missing
    }
}

/// The texts of all errors that a source refuses a line with; `{...}` stands for any value.
fn texts(source: &str) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for (call, before) in [(".refuse(", ""), ("is_not(", "{}: {} is not ")] {
        for (place, _) in source.match_indices(call) {
            let argument = source[place + call.len()..]
                .trim_start()
                .trim_start_matches('&');
            let direct = argument.starts_with('"') || argument.starts_with("format!(");
            // A text that was made before the call stands in the last `format!` above.
            let text = if direct {
                literal(argument)
            } else {
                let above = source[..place].rfind("format!(");
                above.and_then(|place| literal(&source[place..]))
            };
            texts.extend(text.map(|text| format!("{before}{text}")));
        }
    }
    texts
}

/// The first text in quotes.
fn literal(source: &str) -> Option<String> {
    let mut text = String::new();
    let mut characters = source[source.find('"')? + 1..].chars();
    loop {
        match characters.next()? {
            '"' => return Some(text),
            '\\' => text.push(characters.next()?),
            other => text.push(other),
        }
    }
}

/// Whether a topic can have an error of the common reader.
fn possible(text: &str, own: &str, table: &[Operation]) -> bool {
    let operand = |kinds: &[Kind]| {
        let mut operands = table.iter().flat_map(|operation| &operation.operands);
        operands.any(|operand| kinds.contains(&operand.kind))
    };
    if text.ends_with(" is not alive") {
        own.contains("not_alive(")
    } else if text.ends_with(" alive") {
        own.contains(".hold(")
    } else if text.contains(" needs ") {
        table
            .iter()
            .any(|operation| operation.part == Part::NeedsSettle)
    } else if text.contains("letters") {
        operand(&[Kind::Name])
    } else if text.contains(" is not ") {
        operand(&[Kind::Whole, Kind::Signed, Kind::Id])
    } else {
        true
    }
}

/// Whether a message could have been made from this text.
fn fits(text: &str, message: &str) -> bool {
    let Some((before, after)) = text.split_once('{') else {
        return text == message;
    };
    let Some(mut rest) = message.strip_prefix(before) else {
        return false;
    };
    let after = after.split_once('}').map_or("", |(_, after)| after);
    // A value may be any text, so the rest may begin at any place.
    loop {
        if fits(after, rest) {
            return true;
        }
        let mut characters = rest.chars();
        if characters.next().is_none() {
            return false;
        }
        rest = characters.as_str();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A topic with a model that makes one thing, and a question.
    fn coverage() -> Coverage {
        let performed = |part| Performed {
            part,
            ..Performed::default()
        };
        let (make, freed) = (performed(Part::None), performed(Part::NeedsSettle));
        let settle = performed(Part::Settles);
        Coverage {
            operations: [("make", make), ("freed", freed), ("settle", settle)]
                .map(|(word, performed)| (word.to_owned(), performed))
                .into(),
            model: true,
            unknown: BTreeSet::new(),
            errors: BTreeMap::new(),
            strange: BTreeSet::new(),
            out_of_reach: BTreeMap::new(),
            bounds: true,
        }
    }

    fn done() -> Answer {
        Answer::Said {
            code: 0,
            stdout: Vec::new(),
            stderr: Vec::new(),
        }
    }

    #[test]
    fn a_question_counts_as_asked_without_a_settle_behind_an_operation_only() {
        let mut coverage = coverage();
        let says = Opinion::Says(done());
        for script in ["freed\n", "make\nsettle\nfreed\n", "settle\nmake\nfreed\n"] {
            coverage.count(script.as_bytes(), &done(), &says);
        }
        let missing = coverage.missing();
        assert_eq!(missing.len(), 1, "{missing:?}");
        assert!(missing[0].contains("without a settle"), "{missing:?}");
        coverage.count(b"make\nfreed\n", &done(), &says);
        assert!(coverage.missing().is_empty(), "{:?}", coverage.missing());
    }

    #[test]
    fn an_operation_of_which_the_model_says_nothing_is_missing() {
        let mut coverage = coverage();
        let says = Opinion::Says(done());
        coverage.count(b"settle\nsettle\n", &done(), &says);
        let script = b"settle\nmake\nfreed\n";
        coverage.count(script, &done(), &Opinion::None);
        coverage.count(script, &done(), &Opinion::Unknown("make".to_owned()));
        let missing = coverage.missing();
        let expected = [
            "operation \"freed\" was always beyond the model",
            "operation \"make\" is unknown to the model",
        ];
        assert_eq!(missing, expected);
        coverage.model = false;
        coverage.unknown.clear();
        let missing = coverage.missing();
        assert!(missing.iter().all(|m| !m.contains("model")), "{missing:?}");
    }

    #[test]
    fn texts_are_found_where_they_are_given_and_where_they_were_made() {
        let source = r#"
            return Err(script.refuse("no \"x\" here"));
            return Err(script.refuse(format!("more than {MOST} workers")));
            let what = format!("more than {MOST} scopes");
            return Err(script.refuse(what).into());
            return is_not(&format!("at most {}", 3));
        "#;
        let expected = [
            "more than {MOST} scopes",
            "more than {MOST} workers",
            "no \"x\" here",
            "{}: {} is not at most {}",
        ];
        assert!(texts(source).iter().eq(&expected), "{:?}", texts(source));
    }

    #[test]
    fn a_message_fits_its_text_alone() {
        assert!(fits("{} is not alive", "12 is not alive"));
        assert!(!fits("{} is not alive", "12 is not alive, 3"));
        assert!(fits("usage: {}", "usage: put KEY"));
        assert!(fits(
            "{}: {} is not in {}..{}",
            "A: \"-: 1\" is not in 1..2"
        ));
        assert!(!fits(
            "{}: {} is not in {}..{}",
            "A: \"x\" is not a whole number"
        ));
        assert!(fits("not UTF-8", "not UTF-8"));
        assert!(!fits("not UTF-8", "not UTF-8!"));
    }
}

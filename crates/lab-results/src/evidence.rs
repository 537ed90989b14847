//! Evidence for yes/no claims: answers of programs and compilers, or answers that were recorded before.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// Yes or no, or `None` if it cannot be decided; and what was seen.
pub type Answer = (Option<bool>, String);

/// Answers yes/no questions.
pub trait Evidence {
    /// Answers a question.
    fn answer(&self, question: &Question) -> Result<Answer>;

    /// What programs and compilers show here, if it differs from the answer.
    fn differs_here(&self, _question: &Question) -> Result<Option<String>> {
        Ok(None)
    }
}

/// A yes/no question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Whether the programs print this fact.
    Fact(Fact),
    /// Whether a program prints this last line for a script.
    Replay(Replay),
    /// Whether the tools confirm the kept answer of a mistake's fixture, by its path from the top folder.
    Mistake(String),
    /// A check that the lab itself performs, by its name.
    Check(String),
}

/// A fact of `contrast`, and the values that confirm the claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The topic whose programs print it.
    pub topic: String,
    /// Its name.
    pub name: String,
    /// Go's value, if the claim is about Go.
    pub go: Option<String>,
    /// Rust's value, if the claim is about Rust.
    pub rust: Option<String>,
}

/// A script, and the last line that confirms the claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The topic whose program performs it.
    pub topic: String,
    /// `go` or `rust`.
    pub side: String,
    /// The script's lines.
    pub script: String,
    /// The last line that it has to print.
    pub last: String,
}

/// Recorded answers of programs and compilers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The answers.
    pub answers: Vec<Recording>,
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The question.
    pub question: Question,
    /// Yes or no; `None` if it could not be decided.
    pub is_so: Option<bool>,
    /// What was seen.
    pub seen: String,
}

impl Recorded {
    /// The questions without a recorded answer, each once.
    pub fn lacks(&self, questions: impl IntoIterator<Item = Question>) -> Vec<Question> {
        let mut all: Vec<Question> = questions.into_iter().collect();
        all.sort();
        all.dedup();
        all.retain(|question| self.find(question).is_none());
        all
    }

    /// Asks questions, and records the answers.
    pub fn record(&mut self, questions: Vec<Question>, evidence: &dyn Evidence) -> Result<()> {
        for question in questions {
            let (is_so, seen) = evidence.answer(&question)?;
            self.answers.push(Recording {
                question,
                is_so,
                seen,
            });
        }
        self.answers
            .sort_by(|one, other| one.question.cmp(&other.question));
        Ok(())
    }

    /// Reads a file of answers; empty if there is none.
    pub fn read(path: &Path) -> Result<Self> {
        match fs::read(path) {
            Ok(text) => serde_json::from_slice(&text)
                .with_context(|| format!("cannot understand {}", path.display())),
            Err(_) => Ok(Recorded::default()),
        }
    }

    fn find(&self, question: &Question) -> Option<Answer> {
        let mut all = self.answers.iter();
        let found = all.find(|known| known.question == *question)?;
        Some((found.is_so, found.seen.clone()))
    }
}

/// Only what was recorded: the same on every machine.
impl Evidence for Recorded {
    fn answer(&self, question: &Question) -> Result<Answer> {
        let unknown = || (None, "not asked when the result was made".to_owned());
        Ok(self.find(question).unwrap_or_else(unknown))
    }
}

/// Recorded answers, combined with the programs and compilers here.
pub struct Answers<'a> {
    recorded: &'a Recorded,
    here: &'a dyn Evidence,
    prefers_recorded: bool,
}

impl<'a> Answers<'a> {
    /// Prefers recorded answers; asks the programs here about questions without one.
    pub fn recorded(recorded: &'a Recorded, here: &'a dyn Evidence) -> Self {
        Answers {
            recorded,
            here,
            prefers_recorded: true,
        }
    }

    /// Prefers the programs here; uses recorded answers for questions that cannot be asked here.
    pub fn here(here: &'a dyn Evidence, recorded: &'a Recorded) -> Self {
        Answers {
            recorded,
            here,
            prefers_recorded: false,
        }
    }
}

impl Evidence for Answers<'_> {
    fn answer(&self, question: &Question) -> Result<Answer> {
        let recorded = self.recorded.find(question);
        match recorded {
            Some(answer) if self.prefers_recorded => Ok(answer),
            Some(answer) => match self.here.answer(question)? {
                (None, _) => Ok(answer),
                decided => Ok(decided),
            },
            None => self.here.answer(question),
        }
    }

    fn differs_here(&self, question: &Question) -> Result<Option<String>> {
        let Some((recorded, _)) = self
            .recorded
            .find(question)
            .filter(|_| self.prefers_recorded)
        else {
            return Ok(None);
        };
        let (here, seen) = self.here.answer(question)?;
        Ok((here.is_some() && here != recorded).then_some(seen))
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;

    /// A machine on which everything is, or is not, or cannot be asked.
    struct Machine(Option<bool>);

    impl Evidence for Machine {
        fn answer(&self, _: &Question) -> Result<Answer> {
            Ok((self.0, "here".to_owned()))
        }
    }

    fn questions() -> [Question; 2] {
        ["one", "other"].map(|name| Question::Check(name.to_owned()))
    }

    fn recorded(questions: &[Question], is_so: Option<bool>) -> Recorded {
        let mut recorded = Recorded::default();
        let lacks = recorded.lacks(questions.to_vec());
        recorded.record(lacks, &Machine(is_so)).unwrap();
        recorded
    }

    #[test]
    fn recorded_answers_are_the_same_wherever_they_are_read() {
        let [one, other] = questions();
        let recorded = recorded(&[one.clone(), one.clone()], Some(true));
        assert_eq!(recorded.answers.len(), 1);
        assert_eq!(recorded.lacks(questions()), slice::from_ref(&other));
        for here in [None, Some(true), Some(false)] {
            let machine = Machine(here);
            let answers = Answers::recorded(&recorded, &machine);
            assert_eq!(answers.answer(&one).unwrap().0, Some(true));
            assert_eq!(answers.answer(&other).unwrap().0, here);
            let differs = answers.differs_here(&one).unwrap().is_some();
            assert_eq!(differs, here == Some(false));
            assert_eq!(answers.differs_here(&other).unwrap(), None);
        }
        assert_eq!(recorded.answer(&other).unwrap().0, None);
    }

    #[test]
    fn what_cannot_be_asked_here_is_taken_from_the_record() {
        let [one, _] = questions();
        let recorded = recorded(slice::from_ref(&one), Some(true));
        for (here, expected) in [(None, true), (Some(true), true), (Some(false), false)] {
            let machine = Machine(here);
            let answers = Answers::here(&machine, &recorded);
            assert_eq!(answers.answer(&one).unwrap().0, Some(expected));
        }
    }

    #[test]
    fn a_record_is_read_back_and_a_missing_one_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.json");
        assert_eq!(Recorded::read(&path).unwrap(), Recorded::default());
        let recorded = recorded(&questions(), None);
        fs::write(&path, serde_json::to_vec(&recorded).unwrap()).unwrap();
        assert_eq!(Recorded::read(&path).unwrap(), recorded);
    }
}

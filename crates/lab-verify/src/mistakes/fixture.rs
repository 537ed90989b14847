//! The fixtures and their headers.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail, ensure};

use lab_workspace::{language::Language, project::Project};

/// End of the line that a tool points at.
pub(super) const HERE: &str = "// <- here";

/// Wrong code in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixture {
    /// The file, from the top folder.
    pub path: PathBuf,
    /// Its topic.
    pub topic: String,
    /// Its language.
    pub language: Language,
    /// The mistake, in one sentence.
    pub sentence: String,
    /// The tools that answer, and their answers.
    pub answers: Vec<Answer>,
    /// The line that the answer points at, from 1.
    pub line: Option<usize>,
}

/// A tool, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The Rust compiler: the code of an error, or the name of a lint.
    Rustc(String),
    /// Clippy: the name of a lint.
    Clippy(String),
    /// The Go compiler: a part of its message.
    Build(String),
    /// The Go linker, which names no line: a part of its message.
    Link(String),
    /// `go vet`: a part of its message.
    Vet(String),
    /// staticcheck: the code of a check.
    Staticcheck(String),
    /// Compiler and linters say nothing.
    Silent,
    /// The program is built, and its run shows the mistake.
    Run(Ran),
}

/// How a run shows a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ran {
    /// It ends with this code.
    Exit(i32),
    /// It prints this, among other things.
    Prints(String),
    /// It ends well and prints nothing.
    Nothing,
    /// It does not end.
    Hangs,
    /// A signal ends it.
    Aborts,
    /// Versions differ: what it does is recorded.
    Recorded,
}

impl Fixture {
    /// The file's name.
    pub fn file(&self) -> &str {
        self.path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
    }

    /// Reads the header of a text: its first line begins with `word`.
    pub(super) fn parse(path: &Path, topic: &str, text: &str, word: &str) -> Result<Self> {
        let language = match path.extension().and_then(|end| end.to_str()) {
            Some("rs") => Language::Rust,
            _ => Language::Go,
        };
        let mut lines = text.lines();
        let sentence = lines
            .next()
            .and_then(|line| line.strip_prefix(&format!("// {word}: ")))
            .with_context(|| format!("the first line is not \"// {word}: SENTENCE\""))?;
        let answers = lines
            .map_while(|line| line.strip_prefix("// Answer: "))
            .map(|answer| Answer::parse(answer.trim(), language))
            .collect::<Result<Vec<_>>>()?;
        ensure!(
            !answers.is_empty(),
            "the second line is not \"// Answer: TOOL WHAT\""
        );
        let mut marked = (1..)
            .zip(text.lines())
            .filter(|(_, line)| line.trim_end().ends_with(HERE));
        let line = marked.next().map(|(number, _)| number);
        ensure!(
            marked.next().is_none(),
            "more than one line ends with \"{HERE}\""
        );
        let names_line = answers.iter().any(Answer::names_line);
        ensure!(
            line.is_some() || !names_line,
            "no line ends with \"{HERE}\""
        );
        ensure!(
            line.is_none() || names_line,
            "a line ends with \"{HERE}\", but nothing points at one"
        );
        Ok(Fixture {
            path: path.to_owned(),
            topic: topic.to_owned(),
            language,
            sentence: sentence.trim().to_owned(),
            answers,
            line,
        })
    }
}

impl Answer {
    /// Whether it points at a line.
    pub fn names_line(&self) -> bool {
        !matches!(self, Answer::Link(_) | Answer::Silent | Answer::Run(_))
    }

    fn parse(text: &str, language: Language) -> Result<Self> {
        let (tool, what) = text.split_once(' ').unwrap_or((text, ""));
        let what = what.trim();
        let answer = match tool {
            "rustc" => Answer::Rustc(what.to_owned()),
            "clippy" => Answer::Clippy(what.to_owned()),
            "build" => Answer::Build(what.to_owned()),
            "link" => Answer::Link(what.to_owned()),
            "vet" => Answer::Vet(what.to_owned()),
            "staticcheck" => Answer::Staticcheck(what.to_owned()),
            "silent" if what.is_empty() => Answer::Silent,
            "run" => Answer::Run(Ran::parse(what)?),
            _ => bail!("unknown answer {text:?}"),
        };
        ensure!(
            !(answer.names_line() || tool == "link") || !what.is_empty(),
            "the answer {tool:?} does not say what"
        );
        let fits = match answer {
            Answer::Rustc(_) | Answer::Clippy(_) => language == Language::Rust,
            Answer::Build(_) | Answer::Link(_) | Answer::Vet(_) | Answer::Staticcheck(_) => {
                language == Language::Go
            }
            Answer::Silent | Answer::Run(_) => true,
        };
        ensure!(fits, "{tool} does not read {language:?}");
        Ok(answer)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Rustc(what) => write!(f, "rustc {what}"),
            Answer::Clippy(what) => write!(f, "clippy {what}"),
            Answer::Build(what) => write!(f, "build {what}"),
            Answer::Link(what) => write!(f, "link {what}"),
            Answer::Vet(what) => write!(f, "vet {what}"),
            Answer::Staticcheck(what) => write!(f, "staticcheck {what}"),
            Answer::Silent => write!(f, "silent"),
            Answer::Run(ran) => write!(f, "run {ran}"),
        }
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ran::Exit(code) => write!(f, "exit {code}"),
            Ran::Prints(what) => write!(f, "prints {what}"),
            Ran::Nothing => write!(f, "nothing"),
            Ran::Hangs => write!(f, "hangs"),
            Ran::Aborts => write!(f, "aborts"),
            Ran::Recorded => write!(f, "recorded"),
        }
    }
}

impl Ran {
    fn parse(text: &str) -> Result<Self> {
        Ok(match text.split_once(' ').unwrap_or((text, "")) {
            ("exit", code) => Ran::Exit(
                code.parse()
                    .with_context(|| format!("{code:?} is no exit code"))?,
            ),
            ("prints", what) if !what.is_empty() => Ran::Prints(what.to_owned()),
            ("nothing", "") => Ran::Nothing,
            ("hangs", "") => Ran::Hangs,
            ("aborts", "") => Ran::Aborts,
            ("recorded", "") => Ran::Recorded,
            _ => bail!("unknown answer \"run {text}\""),
        })
    }
}

/// Whether this is the path of a correction.
pub fn is_fix(path: &Path) -> bool {
    let stem = path.file_stem().map(Path::new);
    stem.and_then(Path::extension)
        .is_some_and(|end| end == "fix")
}

/// All fixtures of the topics, in the topics' order.
pub fn all(project: &Project) -> Result<Vec<Fixture>> {
    let mut fixtures = Vec::new();
    for topic in &project.topics {
        let name = &topic.name;
        for (folder, end) in [
            (format!("crates/{name}/mistakes"), "rs"),
            (format!("go/{name}/testdata/mistakes"), "go"),
        ] {
            let Ok(entries) = fs::read_dir(project.root.join(&folder)) else {
                continue;
            };
            let mut paths = Vec::new();
            for entry in entries {
                let path = Path::new(&folder).join(entry?.file_name());
                let is_code = path.extension().is_some_and(|found| found == end);
                if is_code && !is_fix(&path) {
                    paths.push(path);
                }
            }
            paths.sort();
            for path in paths {
                let shown = path.display();
                let text = fs::read_to_string(project.root.join(&path))
                    .with_context(|| format!("cannot read {shown}"))?;
                fixtures.push(
                    Fixture::parse(&path, name, &text, "Mistake")
                        .with_context(|| shown.to_string())?,
                );
            }
        }
    }
    Ok(fixtures)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(text: &str) -> Result<Fixture> {
        Fixture::parse(
            Path::new("crates/t/mistakes/moved.rs"),
            "t",
            text,
            "Mistake",
        )
    }

    fn refused(text: &str) -> String {
        rust(text).unwrap_err().to_string()
    }

    #[test]
    fn a_header_says_the_mistake_and_the_answer() {
        let fixture =
            rust("// Mistake: used after move.\n// Answer: rustc E0382\nf(x); // <- here\n")
                .unwrap();
        assert_eq!(fixture.sentence, "used after move.");
        assert_eq!(fixture.answers, [Answer::Rustc("E0382".to_owned())]);
        assert_eq!(fixture.line, Some(3));
        assert_eq!(fixture.file(), "moved.rs");
    }

    #[test]
    fn several_answers_may_follow() {
        let fixture =
            rust("// Mistake: m\n// Answer: silent\n// Answer: run prints a b\n").unwrap();
        let prints = Answer::Run(Ran::Prints("a b".to_owned()));
        assert_eq!(fixture.answers, [Answer::Silent, prints]);
        assert_eq!(fixture.line, None);
    }

    #[test]
    fn every_way_to_run_is_understood() {
        for (text, expected) in [
            ("exit 3", Ran::Exit(3)),
            ("prints x", Ran::Prints("x".to_owned())),
            ("nothing", Ran::Nothing),
            ("hangs", Ran::Hangs),
            ("aborts", Ran::Aborts),
            ("recorded", Ran::Recorded),
        ] {
            assert_eq!(Ran::parse(text).unwrap(), expected);
        }
    }

    #[test]
    fn a_header_that_is_not_understood_is_refused() {
        assert!(refused("fn main() {}\n").contains("Mistake"));
        assert!(refused("// Mistake: m\nfn main() {}\n").contains("Answer"));
        assert!(refused("// Mistake: m\n// Answer: gcc x\n").contains("unknown answer"));
        assert!(refused("// Mistake: m\n// Answer: run away\n").contains("unknown answer"));
        assert!(refused("// Mistake: m\n// Answer: run exit x\n").contains("no exit code"));
        assert!(
            refused("// Mistake: m\n// Answer: vet copies lock\n").contains("does not read Rust")
        );
        assert!(refused("// Mistake: m\n// Answer: rustc\n").contains("does not say what"));
    }

    #[test]
    fn the_marked_line_must_be_there_once_and_only_where_a_tool_points() {
        assert!(refused("// Mistake: m\n// Answer: rustc E0382\n").contains("no line ends"));
        let two = "// Mistake: m\n// Answer: rustc E0382\na // <- here\nb // <- here\n";
        assert!(refused(two).contains("more than one"));
        assert!(
            refused("// Mistake: m\n// Answer: silent\na // <- here\n").contains("nothing points")
        );
    }
}

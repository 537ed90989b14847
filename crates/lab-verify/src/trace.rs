//! Traces of scripts: the state of each value after each line, in both languages, read from `replay --trace`.

use std::{
    collections::BTreeMap,
    fmt, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use lab_workspace::{
    environment,
    programs::Programs,
    project::{Project, Topic},
    run_limited::{self, End},
};

use crate::verify;

/// Traces of one script in both languages, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The lines of the script, then its end, which has no text.
    pub lines: Vec<Line>,
    /// Why the script ended before its last line, in the words of both programs.
    pub error: Option<String>,
}

/// One line of a script, and the state of each program after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number, from 1.
    pub line: usize,
    /// The line with its comment; `None` at the end of the script.
    pub text: Option<String>,
    /// Go's side.
    pub go: Moment,
    /// Rust's side.
    pub rust: Moment,
}

/// The state of a program after a line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The lines that it printed.
    pub output: Vec<String>,
    /// The number of values in each state; `None` where values are not counted one by one.
    pub counts: Option<Counts>,
    /// The newest values, each with its state.
    #[serde(default)]
    pub objects: Vec<Object>,
    /// The ids that the script itself holds.
    #[serde(default)]
    pub held: Vec<String>,
    /// What the values refer to.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Counts and bytes by name, where values are not counted one by one.
    #[serde(default)]
    pub figures: BTreeMap<String, u64>,
}

/// The number of values in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// In use.
    pub alive: usize,
    /// Unreachable, and not yet freed.
    pub garbage: usize,
    /// Freed: a `Drop` or a cleanup said so.
    pub freed: usize,
    /// Unreachable, and never freed.
    pub leaked: usize,
}

/// A value of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Its id, which no other value of the script has.
    pub id: String,
    /// Its state.
    pub state: State,
}

/// The state of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Something reaches it.
    Alive,
    /// Nothing reaches it, and a collection would free it.
    Garbage,
    /// Its `Drop` or cleanup reported that it is freed.
    Freed,
    /// Nothing reaches it, and no collection frees it.
    Leaked,
}

/// One value refers to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The id of the one that refers.
    pub from: String,
    /// The id of the other.
    pub to: String,
    /// Whether the link keeps the other alive.
    pub kind: Kind,
}

/// What a link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It keeps the other value alive.
    Strong,
    /// It does not.
    Weak,
}

/// A kept script that shows where the languages differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// Its first comment.
    pub title: String,
    /// Where it is kept, from the top folder.
    pub path: PathBuf,
    /// The whole script.
    pub text: String,
    /// Whether the topic's contrast makes it: then the states differ after `settle` too.
    pub parts: bool,
}

/// One line of one program's trace.
#[derive(Debug, Deserialize)]
struct TraceLine {
    line: usize,
    text: Option<String>,
    #[serde(flatten)]
    moment: Moment,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Alive => "alive",
            State::Garbage => "garbage",
            State::Freed => "freed",
            State::Leaked => "leaked",
        })
    }
}

impl Counts {
    /// How many values were made.
    pub fn made(self) -> usize {
        self.alive + self.garbage + self.freed + self.leaked
    }
}

impl Moment {
    /// The values in this state.
    pub fn ids(&self, state: State) -> impl Iterator<Item = &str> {
        let objects = self.objects.iter();
        let objects = objects.filter(move |object| object.state == state);
        objects.map(|object| object.id.as_str())
    }
}

impl Line {
    /// Whether the states of the values, or the figures, differ between the languages.
    pub fn differs(&self) -> bool {
        let states = |moment: &Moment| {
            let Moment {
                counts,
                objects,
                figures,
                ..
            } = moment.clone();
            (counts, objects, figures)
        };
        states(&self.go) != states(&self.rust)
    }

    /// Whether the line performs this operation.
    pub fn performs(&self, word: &str) -> bool {
        let said = self.text.as_deref().unwrap_or_default().split('#').next();
        said.unwrap_or_default().split_whitespace().next() == Some(word)
    }
}

impl Trace {
    /// Joins what both programs printed for `replay --trace` to standard output and to standard error.
    pub fn read(go: [&[u8]; 2], rust: [&[u8]; 2]) -> Result<Self> {
        let (in_go, in_rust) = (parse(go[0])?, parse(rust[0])?);
        ensure!(
            in_go.len() == in_rust.len(),
            "Go's trace has {} lines, and Rust's has {}",
            in_go.len(),
            in_rust.len()
        );
        let mut lines = Vec::new();
        for (go, rust) in in_go.into_iter().zip(in_rust) {
            if (go.line, &go.text) != (rust.line, &rust.text) {
                bail!("the two programs report line {} differently", go.line);
            }
            lines.push(Line {
                line: go.line,
                text: go.text,
                go: go.moment,
                rust: rust.moment,
            });
        }
        ensure!(go[1] == rust[1], "the two programs report different errors");
        let error = String::from_utf8_lossy(go[1]).trim_end().to_owned();
        Ok(Trace {
            lines,
            error: Some(error).filter(|error| !error.is_empty()),
        })
    }
}

/// Reads the lines of one program's trace.
fn parse(stdout: &[u8]) -> Result<Vec<TraceLine>> {
    let lines = stdout.split(|&byte| byte == b'\n');
    let lines = lines.filter(|line| !line.is_empty());
    let line = |line: &[u8]| {
        let shown = || format!("{} is no line of a trace", line.escape_ascii());
        serde_json::from_slice(line).with_context(shown)
    };
    lines.map(line).collect()
}

/// Traces a script in both programs of a topic, which are built.
pub fn trace(project: &Project, topic: &Topic, script: &str) -> Result<Trace> {
    run(project, topic, &["replay", "--trace"], script)
}

fn run(project: &Project, topic: &Topic, command: &[&str], script: &str) -> Result<Trace> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(script.as_bytes())?;
    let Programs { go, rust } = Programs::locate(project);
    let outcome = |folder: &Path| {
        let program = folder.join(&topic.name);
        let mut process: Command = environment::program(&program);
        process.args(command).arg(file.path());
        let done = run_limited::run(&mut process, run_limited::PROGRAM_LIMIT)
            .with_context(|| format!("cannot run {}", program.display()))?;
        if !matches!(done.end, End::Exit(0 | 2)) {
            bail!("{} {}: {}", program.display(), command.join(" "), done.end);
        }
        Ok(done)
    };
    let (go, rust) = (outcome(&go)?, outcome(&rust)?);
    Trace::read([&go.stdout, &go.stderr], [&rust.stdout, &rust.stderr])
}

/// The scenes of a topic, in order: kept scripts first, then those of its contrast.
pub fn scenes(project: &Project, topic: &Topic) -> Result<Vec<Scene>> {
    let scene = |(path, parts): (PathBuf, bool)| {
        let text = fs::read_to_string(project.root.join(&path))
            .with_context(|| format!("cannot read {}", path.display()))?;
        let title = text.lines().next().and_then(|line| line.strip_prefix("# "));
        let title = title.with_context(|| format!("{} has no title", path.display()))?;
        Ok(Scene {
            title: title.to_owned(),
            path,
            text,
            parts,
        })
    };
    let paths = verify::scenes(project, topic)?.into_iter();
    paths.map(scene).collect()
}

impl Scene {
    /// Traces the scene in both programs of its topic, which are built.
    pub fn trace(&self, project: &Project, topic: &Topic) -> Result<Trace> {
        let command: &[&str] = if self.parts {
            &["parts"]
        } else {
            &["replay", "--trace"]
        };
        run(project, topic, command, &self.text)
    }
}

//! What the programs of a topic print, asked for when the book is made.

use std::{fs, io::Write as _, path::Path, process::Command};

use anyhow::{Context as _, Result, bail, ensure};
use lab_verify::verify;
use lab_workspace::{
    hash,
    programs::{self, Programs},
    project::{Project, Topic},
    run_limited::{self, End},
};

use crate::{
    cache::{self, Cache},
    messages::Listener,
    watch::{self, Scene},
};
use serde::{Deserialize, Serialize};

/// Longer scripts and longer outputs are for tests, not for readers.
const LINES: usize = 15;
/// How many scripts a chapter shows.
const SCRIPTS: usize = 3;

/// What both programs of a topic print.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TopicOutput {
    /// The demo.
    pub demo: Printed,
    /// A few kept scripts.
    pub scripts: Vec<Script>,
    /// The facts that differ: a name, Go's value, Rust's value.
    pub contrast: Vec<[String; 3]>,
    /// The measured cases: a name, a unit, what is measured.
    pub cases: Vec<[String; 3]>,
    /// The scripts that are scenes, with what became of each value.
    pub scenes: Vec<Scene>,
}

/// What two programs printed for the same call.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Printed {
    /// What Go's printed.
    pub go: String,
    /// What Rust's printed.
    pub rust: String,
}

/// A script and what is printed for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Script {
    /// Its file, from the top folder.
    pub path: String,
    /// Its lines, each with what it printed.
    pub steps: Vec<Step>,
}

/// A line of a script, and the lines that it printed.
pub type Step = (String, Vec<String>);

/// The code that makes something of what programs print: what is kept depends on it too.
const CODE: [&str; 4] = [
    "crates/book/src/topic_output.rs",
    "crates/book/src/watch.rs",
    "crates/book/src/watch",
    "crates/lab-verify/src",
];

/// Asks the programs of a topic, unless what they print is kept: it depends on the programs and the scripts.
pub fn collect(
    project: &Project,
    cache: &Cache,
    topic: &Topic,
    listener: &dyn Listener,
) -> Result<TopicOutput> {
    let about = topic;
    let topic = about.name.as_str();
    let programs = programs::build(project, &[topic])?;
    let hash = |folder: &Path| hash::of_file(&folder.join(topic));
    let words = [&*hash(&programs.go)?, &hash(&programs.rust)?];
    let scripts_of = [
        format!("tests/scripts/{topic}"),
        format!("tests/parts/{topic}"),
    ];
    let kept = scripts_of.iter().map(String::as_str);
    let kept = kept.filter(|path| project.root.join(path).is_dir());
    let kept: Vec<&str> = kept.chain(CODE).collect();
    let key = cache::key(&project.root, &kept, &words)?;
    cache.get(topic, &key, || {
        listener.begin(&format!("asking the programs of {topic}"));
        Ok(TopicOutput {
            demo: ask(&programs, topic, &["demo"])?,
            scripts: scripts(project, &programs, about)?,
            contrast: contrast(&programs, topic)?,
            cases: cases(&programs, topic)?,
            scenes: watch::play(project, about)?,
        })
    })
}

fn ask(programs: &Programs, topic: &str, arguments: &[&str]) -> Result<Printed> {
    Ok(Printed {
        go: print(&programs.go.join(topic), arguments)?.0,
        rust: print(&programs.rust.join(topic), arguments)?.0,
    })
}

fn print(program: &Path, arguments: &[&str]) -> Result<(String, End)> {
    let mut command = Command::new(program);
    let outcome = run_limited::run(
        run_limited::clear_environment(&mut command).args(arguments),
        run_limited::PROGRAM_LIMIT,
    )
    .with_context(|| format!("cannot start {}", program.display()))?;
    let mut text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    text += &String::from_utf8_lossy(&outcome.stderr);
    Ok((text, outcome.end))
}

fn contrast(programs: &Programs, topic: &str) -> Result<Vec<[String; 3]>> {
    let Printed { go, rust } = ask(programs, topic, &["contrast"])?;
    facts(&go, &rust).with_context(|| format!("{topic} contrast"))
}

/// The facts that both programs printed, side by side: a name, Go's value, Rust's value.
pub fn facts(go: &str, rust: &str) -> Result<Vec<[String; 3]>> {
    let counts = [go, rust].map(|text| text.lines().count());
    ensure!(
        counts[0] == counts[1],
        "{} facts in Go, {} in Rust",
        counts[0],
        counts[1]
    );
    let mut facts = Vec::new();
    for (go, rust) in go.lines().zip(rust.lines()) {
        let (Some((name, go)), Some((other, rust))) = (go.split_once('\t'), rust.split_once('\t'))
        else {
            bail!("{go:?} and {rust:?} are no facts");
        };
        if name != other {
            bail!("{name:?} in Go, {other:?} in Rust");
        }
        facts.push([name, go, rust].map(str::to_owned));
    }
    Ok(facts)
}

/// The measured cases of a topic: a name, a unit, what is measured.
pub fn cases(programs: &Programs, topic: &str) -> Result<Vec<[String; 3]>> {
    let (text, _) = print(&programs.rust.join(topic), &["cases"])?;
    let case = |line: &str| {
        let mut words = line.splitn(3, '\t').map(str::to_owned);
        Some([words.next()?, words.next()?, words.next()?])
    };
    Ok(text.lines().filter_map(case).collect())
}

/// The kept scripts whose output can be split by line, those that show most.
fn scripts(project: &Project, programs: &Programs, topic: &Topic) -> Result<Vec<Script>> {
    let mut scripts = Vec::new();
    for path in verify::scripts(project, topic)? {
        let whole = project.root.join(&path);
        let text = fs::read_to_string(&whole)?;
        let lines: Vec<&str> = text.lines().collect();
        if lines.len() > LINES {
            continue;
        }
        let (in_go, _) = print(
            &programs.go.join(&topic.name),
            &["replay", &whole.to_string_lossy()],
        )?;
        if let Some(steps) = steps(&programs.rust.join(&topic.name), &lines)?
            && in_go
                .lines()
                .eq(steps.iter().flat_map(|(_, printed)| printed))
            && steps.iter().all(|(_, printed)| printed.len() <= LINES)
        {
            let path = path.display().to_string();
            scripts.push(Script { path, steps });
        }
    }
    // Those in which most lines print something come first.
    scripts.sort_by_key(|script| {
        std::cmp::Reverse(
            script
                .steps
                .iter()
                .filter(|(_, printed)| !printed.is_empty())
                .count(),
        )
    });
    scripts.truncate(SCRIPTS);
    Ok(scripts)
}

/// What each line prints: what the script up to it prints beyond the script before it, and a last
/// step without a line for what its end prints, as open scopes do. None if a line is refused.
fn steps(program: &Path, lines: &[&str]) -> Result<Option<Vec<Step>>> {
    let mut steps: Vec<Step> = Vec::new();
    let mut before = 0;
    let mut whole = Vec::new();
    for count in 1..=lines.len() {
        let Some((printed, by_lines)) = apart(program, &lines[..count])? else {
            return Ok(None);
        };
        let Some(added) = printed.get(before..by_lines) else {
            return Ok(None);
        };
        steps.push((lines[count - 1].to_owned(), added.to_vec()));
        (before, whole) = (by_lines, printed);
    }
    let at_the_end = whole.split_off(before);
    if !at_the_end.is_empty() {
        steps.push((String::new(), at_the_end));
    }
    Ok(Some(steps))
}

/// Lines that any script may go on with, where a topic has them: the last one prints at once.
const MARK: [&str; 2] = ["write mark x", "open mark"];

/// What a script prints, and how many lines of that come before its end. One more file tells them
/// apart: its line stands between what the script's lines print and what the scopes left open do.
fn apart(program: &Path, lines: &[&str]) -> Result<Option<(Vec<String>, usize)>> {
    let (whole, end) = replay(program, lines)?;
    if end != End::Exit(0) {
        return Ok(None);
    }
    let marked = [lines, &MARK].concat();
    let by_lines = match replay(program, &marked)? {
        (marked, End::Exit(0)) => {
            let both = whole.iter().zip(&marked);
            both.take_while(|(line, other)| line == other).count()
        }
        // Only scopes print by themselves.
        _ => whole.len(),
    };
    Ok(Some((whole, by_lines)))
}

fn replay(program: &Path, lines: &[&str]) -> Result<(Vec<String>, End)> {
    let mut script = tempfile::NamedTempFile::new()?;
    script.write_all(lines.join("\n").as_bytes())?;
    let path = script.path().to_string_lossy().into_owned();
    let (printed, end) = print(program, &["replay", &path])?;
    Ok((printed.lines().map(str::to_owned).collect(), end))
}

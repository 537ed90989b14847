//! What each compiler says of where a value lives, at the line it says it of.

use std::{collections::BTreeSet, path::Path, process::Command};

use anyhow::{Context as _, Result};
use lab_verify::go_remarks::{self, Remark};
use lab_workspace::{environment, process_group::ProcessGroup, project::Project, toolchain::Go};

use crate::{
    cache::{self, Cache},
    messages::Listener,
    pair::{GO, Pair, RUST},
};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

/// The topic whose chapter shows it.
pub const TOPIC: &str = "escape";

/// What compilers say of both sources of a topic.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answers {
    go: Answer,
    rust: Answer,
}

/// The command that asks, and what is answered: lines with words.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Answer {
    command: String,
    said: Vec<(usize, String)>,
}

impl Answers {
    /// Asks the compilers, unless their answers are kept: they depend on the sources and the compilers.
    pub fn ask(
        project: &Project,
        cache: &Cache,
        topic: &str,
        listener: &dyn Listener,
    ) -> Result<Self> {
        let go = Go::find(project)?;
        let sources = [
            "go/go.mod",
            "go/go.sum",
            "go/pair",
            &format!("go/{topic}"),
            &format!("crates/{topic}/src"),
            &format!("crates/{topic}/README.md"),
            "clippy.toml",
            "crates/book/src/compiler_remarks.rs",
            "crates/lab-verify/src/go_remarks.rs",
        ];
        let (_, rust) = rust();
        let (go_version, _) = output(go.command(project).arg("version"))?;
        let key = cache::key(&project.root, &sources, &[&rust, &go_version])?;
        cache.get(&format!("answers-{topic}"), &key, || {
            listener.begin(&format!("asking the compilers about {topic}"));
            Ok(Answers {
                go: ask_go(project, &go, topic)?,
                rust: ask_rust(project, topic)?,
            })
        })
    }

    /// Writes them below their lines.
    pub fn write(&self, pair: &mut Pair) {
        for (side, answer) in [(GO, &self.go), (RUST, &self.rust)] {
            for (line, says) in &answer.said {
                pair.answer(side, *line, says.clone());
            }
        }
    }

    /// The commands, and which compiler says nothing.
    pub fn html(&self) -> Markup {
        html! {
            p.asked {
                "Below a line stands what its compiler says of it. "
                @for (name, answer) in [("Go", &self.go), ("Rust", &self.rust)] {
                    (name) ": " code { (answer.command) }
                    @if answer.said.is_empty() { " says nothing of any line." } @else { " says something of " (answer.lines()) " lines." }
                    " "
                }
            }
        }
    }
}

impl Answer {
    fn lines(&self) -> usize {
        let lines: BTreeSet<usize> = self.said.iter().map(|(line, _)| *line).collect();
        lines.len()
    }
}

fn ask_go(project: &Project, go: &Go, topic: &str) -> Result<Answer> {
    Ok(Answer {
        command: format!("go build -gcflags=-m ./{topic}"),
        said: of_file(go_remarks::ask(project, go, topic)?, &format!("{topic}.go")),
    })
}

/// The remarks about one file, but for what merely could be copied into a caller.
fn of_file(remarks: Vec<Remark>, file: &str) -> Vec<(usize, String)> {
    let mut said = Vec::new();
    for remark in remarks {
        let is_shown = remark.file == file && !remark.says.starts_with("can inline");
        let one = (remark.line, remark.says);
        if is_shown && !said.contains(&one) {
            said.push(one);
        }
    }
    said.sort_by_key(|(line, _)| *line);
    said
}

/// The compiler with lints.
pub const CLIPPY: &str = "clippy-driver";

/// Clippy, or the compiler alone where there is none, and its version.
pub fn rust() -> (&'static str, String) {
    let version = |program| {
        let output = Command::new(program).arg("--version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then_some((program, text))
    };
    version(CLIPPY)
        .or_else(|| version("rustc"))
        .unwrap_or(("rustc", String::new()))
}

/// Clippy with all of its usual lints, or the compiler alone where there is no Clippy.
fn ask_rust(project: &Project, topic: &str) -> Result<Answer> {
    let path = project.topic(topic)?.rust_source();
    let lints = ["-W", "clippy::all"];
    let (program, _) = rust();
    let lints = if program == CLIPPY { &lints[..] } else { &[] };
    let folder = tempfile::tempdir()?;
    let mut command = environment::tool(program);
    command
        .current_dir(&project.root)
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--emit",
            "metadata",
        ])
        .args(["--error-format", "json", "--out-dir"])
        .arg(folder.path())
        .args(lints)
        .arg(&path);
    let (_, said) = output(&mut command)?;
    let mut words = vec![program];
    words.extend(["--crate-type lib", "--edition 2024"]);
    words.extend(lints);
    let path = path.display().to_string();
    words.push(&path);
    Ok(Answer {
        command: words.join(" "),
        said: of_rust(&said, Path::new(&path)),
    })
}

/// The messages of a compiler, one a line as JSON, that are about one file.
fn of_rust(messages: &str, file: &Path) -> Vec<(usize, String)> {
    #[derive(Deserialize)]
    struct Message {
        message: String,
        spans: Vec<Span>,
    }
    #[derive(Deserialize)]
    struct Span {
        file_name: String,
        line_start: usize,
        is_primary: bool,
    }
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let place = |message: Message| {
        let is_here = |span: &&Span| span.is_primary && Path::new(&span.file_name) == file;
        let line = message.spans.iter().find(is_here)?.line_start;
        Some((line, message.message))
    };
    messages.filter_map(place).collect()
}

/// What a command prints to its two outputs.
fn output(command: &mut Command) -> Result<(String, String)> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = ProcessGroup::output(command).with_context(|| format!("cannot start {name}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((text(&output.stdout), text(&output.stderr)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_says_of_one_file_is_shown_once_without_what_could_be_inlined() {
        let remark = |file: &str, line: usize, says: &str| Remark {
            file: file.to_owned(),
            line,
            says: says.to_owned(),
        };
        let remarks = vec![
            remark("escape.go", 20, "moved to heap: x"),
            remark("escape.go", 12, "can inline Local"),
            remark("escape.go", 20, "moved to heap: x"),
            remark("script.go", 3, "x escapes to heap"),
        ];
        let said = of_file(remarks, "escape.go");
        assert_eq!(said, [(20, "moved to heap: x".to_owned())]);
    }

    #[test]
    fn messages_of_rust_are_read_by_their_first_place() {
        let span = |file: &str, line: usize| {
            format!(r#"{{"file_name":"{file}","line_start":{line},"is_primary":true}}"#)
        };
        let message =
            |text: &str, span: &str| format!(r#"{{"message":"{text}","spans":[{span}]}}"#);
        let all = [
            message("boxed", &span("a/lib.rs", 7)),
            message("other", &span("b/lib.rs", 1)),
            message("1 warning emitted", ""),
            "not JSON".to_owned(),
        ];
        assert_eq!(
            of_rust(&all.join("\n"), Path::new("a/lib.rs")),
            [(7, "boxed".to_owned())]
        );
    }
}

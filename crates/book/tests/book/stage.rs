//! A small project of one topic, whose programs are shell scripts: a book of it takes no time.

use std::{ops::Deref, process::Command};

use tests::process::{Ended, ended};

/// The project.
pub struct Stage(tests::stage::Stage);

impl Deref for Stage {
    type Target = tests::stage::Stage;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Stage {
    pub fn new() -> Self {
        let stage = Stage(tests::stage::Stage::default());
        for (path, text) in [
            ("crates/x/README.md", "# The only pair\n\nA text.\n"),
            ("crates/x/notes.md", "# Notes\n"),
            ("crates/x/src/lib.rs", "/// Does nothing.\npub fn a() {}\n"),
            (
                "go/x/x.go",
                "package x\n\n// A does nothing.\nfunc A() {}\n",
            ),
            ("crates/lab-judge/claims.toml", "claim = []\n"),
            ("METHODOLOGY.md", "# How\n"),
            ("BIAS.md", "# Bias\n"),
            ("crates/lab-results/RESULTS.md", "# Results\n"),
        ] {
            stage.write(path, text);
        }
        let program = "case $1 in demo) echo same ;; contrast) printf 'a fact\\tyes\\n' ;; \
                       cases) printf 'one\\tns\\tA case.\\n' ;; esac";
        for folder in ["release", "go"] {
            stage.script(&format!("target/{folder}/x"), program);
        }
        stage
    }

    /// The book's program with these words.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_book"));
        command.args(words);
        self.inside(command)
    }

    /// A line of a shell in which BOOK is the book's program.
    pub fn shell(&self, line: &str) -> Command {
        let mut command = Command::new("bash");
        let program = format!("'{}'", env!("CARGO_BIN_EXE_book"));
        command.args(["-c", &line.replace("BOOK", &program)]);
        self.inside(command)
    }

    /// What the book's program does with these words.
    pub fn book(&self, words: &[&str]) -> Ended {
        ended(&mut self.command(words))
    }
}

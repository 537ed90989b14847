//! A small project of one topic, whose programs are shell scripts: a book of it takes no time.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

/// The project.
pub struct Stage(tempfile::TempDir);

impl Stage {
    pub fn new() -> Self {
        let stage = Stage(tempfile::tempdir().unwrap());
        for (path, text) in [
            ("Cargo.toml", "[workspace.package]\nversion = \"0.0.0\"\n"),
            (
                "crates/x/Cargo.toml",
                "[package]\nname = \"x\"\n[package.metadata.pair]\ntitle = \"The only pair\"\nintro = \"One. Two.\"\norder = 1\n",
            ),
            ("crates/x/README.md", "# The only pair\n\nA text.\n"),
            ("crates/x/notes.md", "# Notes\n"),
            ("crates/x/src/lib.rs", "/// Does nothing.\npub fn a() {}\n"),
            (
                "go/x/x.go",
                "package x\n\n// A does nothing.\nfunc A() {}\n",
            ),
            ("go/go.mod", "module x\n\ngo 1.21\n"),
            ("crates/lab-judge/claims.toml", "claim = []\n"),
            ("METHODOLOGY.md", "# How\n"),
            ("BIAS.md", "# Bias\n"),
            ("crates/lab-results/RESULTS.md", "# Results\n"),
        ] {
            stage.write(path, text);
        }
        stage.script("bin/cargo", "exit 0");
        stage.script("bin/go", "echo go version go1.99.0 x/x");
        let program = "case $1 in demo) echo same ;; contrast) printf 'a fact\\tyes\\n' ;; \
                       cases) printf 'one\\tns\\tA case.\\n' ;; esac";
        for folder in ["release", "go"] {
            stage.script(&format!("target/{folder}/x"), program);
        }
        stage
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        let path = self.folder().join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub fn script(&self, path: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        self.write(path, &format!("#!/bin/sh\n{text}\n"));
        let path = self.folder().join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// What lies in a folder, by name.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.folder().join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
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

    fn inside(&self, mut command: Command) -> Command {
        let bin = self.folder().join("bin");
        command
            .current_dir(self.folder())
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .env("CARGO", bin.join("cargo"))
            .env_remove("CARGO_TARGET_DIR")
            .stdin(Stdio::null());
        command
    }

    /// What the book's program does with these words.
    pub fn book(&self, words: &[&str]) -> Ended {
        ended(&mut self.command(words))
    }
}

/// What a run left.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

pub fn ended(command: &mut Command) -> Ended {
    command.output().unwrap().into()
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ended {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

impl Ended {
    /// That it ended with this code, and said this.
    pub fn says(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?}: {self:?}");
        }
    }
}

//! A small project of one topic, `x`; shell scripts stand in place of Go, of cargo and of the programs.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Writes a program. Another process does it: one that this process starts meanwhile would hold the file open, and
/// busy.
pub fn write_program(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", "printf %s \"$1\" >\"$0\" && chmod 755 \"$0\""]);
    let done = shell.arg(path).arg(text).status();
    assert!(done.unwrap().success(), "{}", path.display());
}

/// The project.
#[derive(Debug)]
pub struct Stage(tempfile::TempDir);

impl Default for Stage {
    fn default() -> Self {
        let stage = Stage(tempfile::tempdir().unwrap());
        stage.write("Cargo.toml", "[workspace.package]\nversion = \"0.0.0\"\n");
        let topic = "[package]\nname = \"x\"\n[package.metadata.pair]\ntitle = \"The only pair\"\n\
                     intro = \"One. Two.\"\norder = 1\n";
        stage.write("crates/x/Cargo.toml", topic);
        stage.write("go/go.mod", "module x\n\ngo 1.21\n");
        stage.script("bin/cargo", "exit 0");
        stage.script("bin/go", "echo go version go1.99.0 x/x");
        stage
    }
}

impl Stage {
    /// Its top folder.
    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file of the project.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes a script of the project.
    pub fn script(&self, path: &str, text: &str) {
        write_program(&self.folder().join(path), &format!("#!/bin/sh\n{text}\n"));
    }

    /// The text of a file of the project.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        let path = self.folder().join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The names in a folder, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.folder().join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// The command, run in the project.
    pub fn inside(&self, mut command: Command) -> Command {
        let bin = self.folder().join("bin");
        command
            .current_dir(self.folder())
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .env("CARGO", bin.join("cargo"))
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("CARGO_MAKE_TASK")
            .stdin(Stdio::null());
        command
    }
}

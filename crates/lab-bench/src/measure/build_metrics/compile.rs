//! Compilers of both languages, and the size of their programs.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Map, Value};

use lab_workspace::{
    build_variant::BuildVariant,
    environment::{self, user_configuration::CargoConfiguration},
    process_group::ProcessGroup,
    project::Project,
    run_limited::last_words,
    toolchain::{Go, on_path},
};

/// The pair whose building is timed: the one with most dependencies.
pub const BUILDING: &str = "server";

/// The flag that links a Rust program statically, and the variable that takes flags.
pub const STATIC_RUST: &str = "-Ctarget-feature=+crt-static";
pub const RUSTFLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";

/// A source that can be edited, and the command that makes a program of it.
pub struct Buildable {
    pub command: Command,
    pub source: PathBuf,
    pub edits: usize,
}

impl Buildable {
    /// Builds; returns the time.
    pub fn build(&mut self) -> Result<Duration> {
        let begun = Instant::now();
        let output = ProcessGroup::output(&mut self.command).context("cannot start a compiler")?;
        let program = self.command.get_program().display();
        let said = last_words(&output.stderr);
        ensure!(output.status.success(), "{program} cannot build it: {said}");
        Ok(begun.elapsed())
    }

    /// Builds again after a function was added.
    pub fn rebuild(&mut self) -> Result<Duration> {
        self.edits += 1;
        let edit = if self.source.extension().is_some_and(|end| end == "go") {
            format!("\nfunc Edited{0}() int {{ return {0} }}\n", self.edits)
        } else {
            format!("\npub fn edited_{0}() -> usize {{ {0} }}\n", self.edits)
        };
        let mut source = fs::OpenOptions::new().append(true).open(&self.source)?;
        source.write_all(edit.as_bytes())?;
        drop(source);
        self.build()
    }
}

/// Inserts a figure, if there is one.
pub fn note(figures: &mut Map<String, Value>, name: &str, figure: Option<u64>) {
    if let Some(figure) = figure {
        figures.insert(name.to_owned(), figure.into());
    }
}

/// Cargo in a folder, with its target folder below and without the user's flags; and the folder of its programs.
pub fn cargo(folder: &Path, profile: &str) -> (Command, PathBuf) {
    let mut cargo = environment::cargo();
    let target = folder.join("target");
    let mut programs = target.join(profile);
    cargo.current_dir(folder).args(["build", "--quiet"]);
    cargo.args(["--profile", profile]);
    let users = CargoConfiguration::read(folder);
    for replaced in users.replaced(profile) {
        cargo.args(["--config", &replaced]);
    }
    if let (true, Some(host)) = (users.names_a_target(), environment::host()) {
        cargo.args(["--target", host]);
        programs = target.join(host).join(profile);
    }
    // What the project was built with is here.
    cargo.args(["--offline", "--target-dir"]).arg(target);
    cargo.stdin(Stdio::null());
    (cargo, programs)
}

/// The command that builds Rust's program of the largest pair in a copy.
pub fn rust_pair(copy: &Path) -> Command {
    let profile = BuildVariant::System.name();
    let (mut command, _) = cargo(copy, profile);
    command.args(["-p", BUILDING]);
    command.args(["--features", &format!("pair/{profile}")]);
    command
}

/// Go's compiler, with what it keeps below a folder.
pub fn compile_go(go: &Go, project: &Project, folder: &Path) -> Command {
    let mut command = go.command(project);
    command.env("GOCACHE", folder.join("go-cache"));
    command.args(["build", environment::GO_FLAGS]);
    command
}

/// The size of a program as it was built, and without its symbols where there is a tool to remove them.
pub fn sizes(program: &Path, folder: &Path) -> Result<Map<String, Value>> {
    let size = |path: &Path| -> Result<u64> {
        let shown = || format!("cannot read {}", path.display());
        Ok(fs::metadata(path).with_context(shown)?.len())
    };
    let mut figures = Map::new();
    note(&mut figures, "bytes", Some(size(program)?));
    if let Some(strip) = on_path("strip") {
        let stripped = tempfile::NamedTempFile::new_in(folder)?.into_temp_path();
        let done = environment::tool(strip)
            .arg("-o")
            .arg(&stripped)
            .arg(program)
            .status()?;
        if done.success() {
            note(&mut figures, "stripped_bytes", Some(size(&stripped)?));
        }
    }
    Ok(figures)
}

//! Builds the programs of both languages, each language in one call.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

use anyhow::{Context as _, Result, bail};

use crate::{build::Build, project::Project, toolchain::Go};

/// The folders where a release build leaves the programs of both languages, one for each topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    /// The folder of the Rust programs.
    pub rust: PathBuf,
    /// The folder of the Go programs.
    pub go: PathBuf,
}

impl Programs {
    /// Those of a project.
    pub fn of(project: &Project) -> Self {
        let target = project.target();
        Programs {
            rust: target.join("release"),
            go: target.join("go"),
        }
    }
}

/// What is shown of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// All that the compilers say, while they work.
    Everything,
    /// Only why it failed.
    Failures,
}

/// Builds the programs of these topics, once in a process and silently unless that fails.
pub fn build(project: &Project, topics: &[&str]) -> Result<Programs> {
    static BUILT: Mutex<BTreeSet<(PathBuf, String)>> = Mutex::new(BTreeSet::new());
    // Held while building, so that threads which ask for the same programs wait for them.
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let key = |topic: &str| (project.root.clone(), topic.to_owned());
    let mut missing = topics.to_owned();
    missing.retain(|topic| !built.contains(&key(topic)));
    build_rust(project, &missing, Show::Failures)?;
    build_go(project, &missing, Show::Failures)?;
    built.extend(missing.into_iter().map(key));
    Ok(Programs::of(project))
}

/// Builds the programs of all topics, silently unless that fails.
pub fn build_all(project: &Project) -> Result<Programs> {
    build(project, &project.names())
}

/// Builds the Rust programs of these topics, and nothing else: features stay as they are.
pub fn build_rust(project: &Project, topics: &[&str], show: Show) -> Result<()> {
    if topics.is_empty() {
        return Ok(());
    }
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(&project.root)
        .args(["build", "--release"]);
    cargo.arg("--target-dir").arg(project.target());
    cargo.env_remove("CARGO_BUILD_TARGET");
    if show == Show::Failures {
        cargo.arg("--quiet");
    }
    for topic in topics {
        cargo.args(["-p", topic]);
    }
    run(&mut cargo, "the Rust programs", show)
}

/// The folder of the Rust programs that are timed: one folder in it for each build.
pub fn timed(project: &Project) -> PathBuf {
    project.target().join("lab")
}

/// Builds the Rust programs of all topics to be timed, with the allocator of this build; silently
/// unless that fails. Always all, so that a program is the same whatever else is measured.
pub fn build_timed(project: &Project, build: Build) -> Result<()> {
    let name = build.name();
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(&project.root)
        .args(["build", "--quiet", "--profile", name]);
    cargo.args(["--features", &format!("pair/{name}")]);
    cargo
        .arg("--target-dir")
        .arg(timed(project))
        .env_remove("CARGO_BUILD_TARGET");
    for topic in project.names() {
        cargo.args(["-p", topic]);
    }
    run(
        &mut cargo,
        &format!("the Rust programs with {name}"),
        Show::Failures,
    )
}

/// Builds the Go programs of these topics.
pub fn build_go(project: &Project, topics: &[&str], show: Show) -> Result<()> {
    if topics.is_empty() {
        return Ok(());
    }
    build_go_as(project, Build::Go, topics, show)
}

/// The folder of the Go programs of a build.
pub fn go_folder(project: &Project, build: Build) -> PathBuf {
    Programs::of(project).go.with_file_name(build.name())
}

/// Builds the Go programs of all topics with an experiment of the toolchain, which may refuse it.
pub fn build_go_set(project: &Project, build: Build) -> Result<()> {
    build_go_as(project, build, &project.names(), Show::Failures)
}

fn build_go_as(project: &Project, build: Build, topics: &[&str], show: Show) -> Result<()> {
    let folder = go_folder(project, build);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut go = Go::find(project)?.command(project);
    if let Some(experiment) = build.experiment() {
        go.env("GOEXPERIMENT", experiment);
    }
    go.args(["build", "-buildvcs=false", "-ldflags"]);
    go.arg(format!(
        "-X memory.example/pairs/pair.version={}",
        project.version
    ));
    go.arg("-o").arg(&folder);
    go.args(topics.iter().map(|topic| format!("./cmd/{topic}")));
    run(&mut go, "the Go programs", show)
}

fn run(command: &mut Command, what: &str, show: Show) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let started = || format!("cannot start {program}, which builds {what}");
    if show == Show::Everything {
        let status = command
            .stdin(Stdio::null())
            .status()
            .with_context(started)?;
        if !status.success() {
            bail!("{what} could not be built");
        }
        return Ok(());
    }
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(started)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.trim_end();
        if said.contains("linker `cc` not found") {
            bail!("a C compiler, which links what Rust compiles, is missing: install gcc or clang");
        }
        bail!("{what} could not be built:\n{said}");
    }
    Ok(())
}

/// Where the programs lie.
#[derive(Debug)]
pub struct Folders {
    /// Rust's that count.
    pub counting: PathBuf,
    /// Go's.
    pub go: PathBuf,
    /// Rust's that are timed, a folder for each build.
    pub timed: PathBuf,
}

impl Folders {
    /// Those of a project.
    pub fn of(project: &Project) -> Self {
        let Programs { rust: counting, go } = Programs::of(project);
        Folders {
            counting,
            go,
            timed: timed(project),
        }
    }

    /// The program of a topic in a build; the counting one if none is named.
    pub fn program(&self, build: Option<Build>, topic: &str) -> PathBuf {
        let folder = match build {
            None => self.counting.clone(),
            Some(build @ (Build::Go | Build::GoBefore)) => self.go.with_file_name(build.name()),
            Some(build) => self.timed.join(build.name()),
        };
        program(&folder, topic)
    }
}

/// A path as a program of this system is called.
pub fn program(folder: &Path, topic: &str) -> PathBuf {
    folder.join(format!("{topic}{}", env::consts::EXE_SUFFIX))
}

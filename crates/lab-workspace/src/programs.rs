//! Builds the programs of both languages, each language in one call.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use crate::{
    build_variant::BuildVariant,
    environment::{self, user_configuration::CargoConfiguration},
    process_group::ProcessGroup,
    project::Project,
    source_hashes::SourceHashes,
    toolchain::Go,
};

/// Cargo's feature of each topic, and Go's tag, which leave out what is not timed: scripts and facts.
const TIMED: &str = "timed";

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
    pub fn locate(project: &Project) -> Self {
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

/// The programs that this process has built: the project's folder, and the topic.
static BUILT: Mutex<BTreeSet<(PathBuf, String)>> = Mutex::new(BTreeSet::new());

/// Forgets what was built: later calls build changed sources again.
pub fn forget() {
    BUILT.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// Builds the programs of these topics, once in a process and silently unless that fails.
pub fn build(project: &Project, topics: &[&str]) -> Result<Programs> {
    // Held while building, so that threads which ask for the same programs wait for them.
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let key = |topic: &str| (project.root.clone(), topic.to_owned());
    let mut missing = topics.to_owned();
    missing.retain(|topic| !built.contains(&key(topic)));
    build_rust(project, &missing, Show::Failures)?;
    build_go(project, &missing, Show::Failures)?;
    built.extend(missing.into_iter().map(key));
    Ok(Programs::locate(project))
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
    let rust = RustBuild {
        profile: "release",
        features: Vec::new(),
        folder: project.target(),
        what: "the Rust programs".to_owned(),
    };
    rust.run(project, topics, show)
}

/// The folder of the Rust programs that are timed: one folder in it for each build.
pub fn timed(project: &Project) -> PathBuf {
    project.target().join("lab")
}

/// Builds the Rust programs of all topics to be timed, with the allocator of this build; silently
/// unless that fails. Always all, so that a program is the same whatever else is measured.
pub fn build_timed(project: &Project, build: BuildVariant) -> Result<()> {
    let name = build.name();
    let names = project.names().into_iter();
    let mut features: Vec<String> = names.map(|topic| format!("{topic}/{TIMED}")).collect();
    features.push(format!("pair/{}", build.allocator()));
    let rust = RustBuild {
        profile: name,
        features,
        folder: timed(project),
        what: format!("the Rust programs with {name}"),
    };
    rust.run(project, &project.names(), Show::Failures)
}

/// A call of cargo that leaves programs in the folder of a profile.
struct RustBuild<'a> {
    profile: &'a str,
    features: Vec<String>,
    folder: PathBuf,
    what: String,
}

impl RustBuild<'_> {
    fn run(&self, project: &Project, topics: &[&str], show: Show) -> Result<()> {
        let mut cargo = environment::cargo();
        cargo.current_dir(&project.root).arg("build");
        cargo
            .args(["--profile", self.profile, "--target-dir"])
            .arg(&self.folder);
        cargo.arg("--message-format=json-render-diagnostics");
        let users = CargoConfiguration::read(&project.root);
        for replaced in users.replaced(self.profile) {
            cargo.args(["--config", &replaced]);
        }
        if users.names_a_target() {
            cargo.args(["--target", "host-tuple"]);
        }
        if !self.features.is_empty() {
            cargo.args(["--features", &self.features.join(",")]);
        }
        if show == Show::Failures {
            cargo.arg("--quiet");
        }
        for topic in topics {
            cargo.args(["-p", topic]);
        }
        let hashes = SourceHashes::check(project, &self.folder.join(self.profile))?;
        let said = run(&mut cargo, &self.what, show)?;
        self.gather(topics, &said)?;
        hashes.record(topics)
    }

    /// Moves programs that cargo left elsewhere, since a configuration says so, to where they belong.
    fn gather(&self, topics: &[&str], said: &[u8]) -> Result<()> {
        let messages = said.split(|&byte| byte == b'\n');
        let built: Vec<Artifact> = messages
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect();
        for topic in topics {
            let place = program(&self.folder.join(self.profile), topic);
            let found = built
                .iter()
                .find(|artifact| artifact.target.name == **topic);
            if let Some(path) = found.map(|artifact| &artifact.executable)
                && *path != place
            {
                copy(path, &place)?;
            }
            ensure!(
                place.is_file(),
                "cargo succeeded, but there is no program {}",
                place.display()
            );
        }
        Ok(())
    }
}

/// What cargo says of a program that it built.
#[derive(Deserialize)]
struct Artifact {
    target: ArtifactTarget,
    executable: PathBuf,
}

#[derive(Deserialize)]
struct ArtifactTarget {
    name: String,
}

/// Copies a program; who runs the old one keeps it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let shown = || format!("cannot copy {} to {}", from.display(), to.display());
    let folder = to.parent().with_context(shown)?;
    fs::create_dir_all(folder).with_context(shown)?;
    let new = tempfile::NamedTempFile::new_in(folder)
        .with_context(shown)?
        .into_temp_path();
    fs::copy(from, &new).with_context(shown)?;
    new.persist(to).with_context(shown)
}

/// Builds the Go programs of these topics.
pub fn build_go(project: &Project, topics: &[&str], show: Show) -> Result<()> {
    if topics.is_empty() {
        return Ok(());
    }
    build_go_as(project, None, topics, show)
}

/// Builds the Go programs of all topics to be timed; an experiment of the toolchain may be refused.
pub fn build_go_timed(project: &Project, build: BuildVariant) -> Result<()> {
    build_go_as(project, Some(build), &project.names(), Show::Failures)
}

/// Builds Go programs to be timed, or those that people run if no build is named.
fn build_go_as(
    project: &Project,
    build: Option<BuildVariant>,
    topics: &[&str],
    show: Show,
) -> Result<()> {
    let usual = Programs::locate(project).go;
    let folder = build.map_or(usual.clone(), |build| usual.with_file_name(build.folder()));
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut go = Go::find(project)?.command(project);
    if let Some(experiment) = build.and_then(BuildVariant::experiment) {
        go.env("GOEXPERIMENT", experiment);
    }
    go.args(["build", environment::GO_FLAGS]);
    if build.is_some() {
        go.args(["-tags", TIMED]);
    }
    // Where races are looked for; nothing of it is timed.
    if env::var_os("LAB_RACE").is_some_and(|value| value == "1") {
        go.arg("-race");
    }
    go.arg("-ldflags");
    go.arg(format!(
        "-X memory.example/pairs/pair.version={}",
        project.version
    ));
    go.arg("-o").arg(&folder);
    go.args(topics.iter().map(|topic| format!("./cmd/{topic}")));
    run(&mut go, "the Go programs", show)?;
    for topic in topics {
        let program = program(&folder, topic);
        ensure!(
            program.is_file(),
            "Go succeeded, but there is no program {}",
            program.display()
        );
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
    pub fn locate(project: &Project) -> Self {
        let Programs { rust: counting, go } = Programs::locate(project);
        Folders {
            counting,
            go,
            timed: timed(project),
        }
    }

    /// The program of a topic in a build; the counting one if none is named.
    pub fn program(&self, build: Option<BuildVariant>, topic: &str) -> PathBuf {
        let folder = match build {
            None => self.counting.clone(),
            Some(build @ (BuildVariant::Go | BuildVariant::GoOldCollector)) => {
                self.go.with_file_name(build.folder())
            }
            Some(build) => self.timed.join(build.folder()),
        };
        program(&folder, topic)
    }
}

/// A path as a program of this system is called.
pub fn program(folder: &Path, topic: &str) -> PathBuf {
    folder.join(format!("{topic}{}", env::consts::EXE_SUFFIX))
}

/// Runs a compiler; what it prints on standard output is returned.
fn run(command: &mut Command, what: &str, show: Show) -> Result<Vec<u8>> {
    let program = command.get_program().to_string_lossy().into_owned();
    let stderr = match show {
        Show::Everything => Stdio::inherit(),
        Show::Failures => Stdio::piped(),
    };
    let output = ProcessGroup::output_beside(command, stderr)
        .with_context(|| format!("cannot start {program}, which builds {what}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim_end();
    if said.contains("linker `cc` not found") {
        bail!("a C compiler, which links what Rust compiles, is missing: install gcc or clang");
    }
    if said.is_empty() {
        bail!("{what} could not be built");
    }
    bail!("{what} could not be built:\n{said}")
}

//! What programs are before they do anything: how large and how long in the source, how they start, what
//! they hold when idle, how long they take to build.
//!
//! No program measures that by itself. What is found are measurements of the topic `programs`: the case
//! `smallest` is the smallest program of each language as its usual build leaves it, `smallest_static` the
//! same linked with all that it needs, each topic's name stands for its pair, and `server_static` for the
//! servers linked in that way. Their figures are
//! `wall_ns` from start to end, `idle_bytes` resident, `bytes`, `stripped_bytes`, `cold_build_ns` with
//! nothing built before, `rebuild_ns` after one edit, and `tokens` and `lines` of what is taught.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Map, Value};

use lab_results::{
    built::TOPIC,
    result::{Because, Block, LeftOut, Measurement, Resident, Run, Subject},
    settings::DEFAULT,
    store::{Event, Journal},
};
use lab_workspace::{
    build::Build,
    cores,
    environment::{self, set_aside},
    language::Side,
    outside::idle_bytes,
    programs::{Programs, program, timed},
    project::{Project, Topic},
    run::last_words,
    smallest::{GO, GO_IDLE, RUST, RUST_IDLE},
    toolchain::{Go, on_path},
};

use crate::measure::{Listener, block::in_order, noise::watch};

/// The pair whose building is timed: the one with most dependencies.
const BUILDING: &str = "server";

/// The same pair linked with all that it needs.
const STATIC: &str = "server_static";

/// What links a Rust program with all that it needs, and the variable that takes it.
const STATIC_RUST: &str = "-Ctarget-feature=+crt-static";
const RUSTFLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";

/// How often the smallest program starts on each side in a block, and how many blocks there are.
const STARTS: usize = 10;
const BLOCKS: usize = 20;

/// In how many blocks something is edited and built again: so many that there is an interval.
const REBUILDS: usize = 6;

const MANIFEST: &str =
    "[package]\nname = \"smallest\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";

fn subject(case: &str) -> Subject {
    Subject {
        topic: TOPIC.to_owned(),
        case: case.to_owned(),
        scale: 1,
        go: DEFAULT.to_owned(),
        rust: DEFAULT.to_owned(),
        cores: "all".to_owned(),
    }
}

/// Both sides of something.
struct Both<T> {
    go: T,
    rust: T,
}

impl<T> Both<T> {
    fn of(&self, side: Side) -> &T {
        match side {
            Side::Go => &self.go,
            Side::Rust => &self.rust,
        }
    }

    fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Go => &mut self.go,
            Side::Rust => &mut self.rust,
        }
    }
}

/// A source that can be edited, and the command that makes a program of it.
struct Buildable {
    command: Command,
    source: PathBuf,
    edits: usize,
}

impl Buildable {
    fn build(&mut self) -> Result<Duration> {
        let begun = Instant::now();
        let output = self.command.output().context("cannot start a compiler")?;
        let program = self.command.get_program().display();
        let said = last_words(&output.stderr);
        ensure!(output.status.success(), "{program} cannot build it: {said}");
        Ok(begun.elapsed())
    }

    /// Builds again after a function was added.
    fn rebuild(&mut self) -> Result<Duration> {
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

/// Measures all of them that the journal does not hold yet.
pub struct Session<'a> {
    /// The project, whose programs are built.
    pub project: &'a Project,
    /// The tokens and the lines of code of a source below the top folder.
    pub taught: fn(&Path, &Path) -> Result<[usize; 2]>,
    /// Whether somebody stopped it.
    pub stopped: &'a AtomicBool,
    /// Who is told.
    pub listener: &'a dyn Listener,
}

impl Session<'_> {
    /// Measures; what is found lies in the journal.
    pub fn run(&self, journal: &mut Journal) -> Result<()> {
        let folder = tempfile::tempdir()?;
        let go = Go::find(self.project)?;
        self.listener.steps(self.project.topics.len() + 3);
        for (case, is_static) in [("smallest", false), ("smallest_static", true)] {
            self.listener.step(&format!("{TOPIC}/{case}"));
            let folder = folder.path().join(case);
            let done = self.smallest(&subject(case), is_static, &folder, &go, journal);
            self.or_left_out(case, done, journal)?;
        }
        for topic in &self.project.topics {
            self.listener.step(&format!("{TOPIC}/{}", topic.name));
            let done = self.pair(topic, folder.path(), &go, journal);
            self.or_left_out(&topic.name, done, journal)?;
        }
        self.listener.step(&format!("{TOPIC}/{STATIC}"));
        let done = self.linked(folder.path(), &go, journal);
        self.or_left_out(STATIC, done, journal)
    }

    /// What cannot be built or started is left out, and the others are measured all the same.
    fn or_left_out(&self, case: &str, done: Result<()>, journal: &mut Journal) -> Result<()> {
        match done {
            Err(why) if !self.stopped.load(Relaxed) => journal.leave_out(LeftOut {
                subject: subject(case).to_string(),
                because: Because::Failed,
                why: format!("{why:#}"),
            }),
            done => done,
        }
    }

    /// The largest pair's sizes when it is linked with all that it needs.
    fn linked(&self, folder: &Path, go: &Go, journal: &mut Journal) -> Result<()> {
        let done = |measurement: &Measurement| !measurement.blocks.is_empty();
        if journal.of(&subject(STATIC)).is_some_and(done) || self.stopped.load(Relaxed) {
            return Ok(());
        }
        let (copy, profile) = (self.copied(folder)?, Build::System.name());
        let mut rust = rust_pair(&copy);
        // Named, the target leaves what only the compiler runs as it is.
        let target = environment::host().context("rustc does not tell its host")?;
        rust.args(["--target", target]);
        rust.env(RUSTFLAGS, STATIC_RUST);
        let mut go = self.go_pair(go, &copy);
        go.env("CGO_ENABLED", "0");
        for mut command in [rust, go] {
            let output = command.output().context("cannot start a compiler")?;
            if !output.status.success() {
                let last = last_words(&output.stderr);
                return journal.leave_out(LeftOut {
                    subject: subject(STATIC).to_string(),
                    because: Because::Toolchain,
                    why: format!("it cannot be linked with all that it needs: {last}"),
                });
            }
        }
        let built = copy.join("target").join(target).join(profile);
        let figures = Both {
            go: sizes(&copy.join("program"), folder)?,
            rust: sizes(&program(&built, BUILDING), folder)?,
        };
        self.blocks(&subject(STATIC), 1, journal, |_, side| {
            Ok(of(vec![figures.of(side).clone()]))
        })
    }

    /// A copy of the sources below a folder, made when it is first asked for.
    fn copied(&self, folder: &Path) -> Result<PathBuf> {
        let copy = folder.join("copy");
        if !copy.exists() {
            fs::create_dir_all(&copy)?;
            for part in ["Cargo.toml", "Cargo.lock", "crates", "tests", "go"] {
                copy_all(&self.project.root.join(part), &copy.join(part))?;
            }
        }
        Ok(copy)
    }

    /// The command that builds Go's.
    fn go_pair(&self, go: &Go, copy: &Path) -> Command {
        let mut command = compile_go(go, self.project, copy);
        command.current_dir(copy.join("go"));
        command.arg("-o").arg(copy.join("program"));
        command.arg(format!("./cmd/{BUILDING}"));
        command
    }

    /// Takes the blocks that are missing; what a block is made of is asked for by its number and side.
    fn blocks(
        &self,
        subject: &Subject,
        blocks: usize,
        journal: &mut Journal,
        mut run: impl FnMut(usize, Side) -> Result<Run>,
    ) -> Result<()> {
        let done = journal.of(subject).map_or(0, |m| m.blocks.len());
        if done == 0 {
            let begun = Event::Begun {
                own_scale: true,
                resident: Resident::default(),
            };
            journal.add(subject, begun)?;
        }
        let (seed, cores) = (journal.found.seed, cores::all()?);
        for number in done..blocks {
            if self.stopped.load(Relaxed) {
                return Ok(());
            }
            let (block, noise) = watch(&cores, || {
                in_order(subject, seed, number, |turn| run(number, turn.side))
            });
            let steal = noise.steal;
            let block = Block { steal, ..block? };
            journal.add(subject, Event::Block(Box::new(block)))?;
        }
        Ok(())
    }

    fn smallest(
        &self,
        subject: &Subject,
        is_static: bool,
        folder: &Path,
        go: &Go,
        journal: &mut Journal,
    ) -> Result<()> {
        fs::create_dir_all(folder.join("src/bin"))?;
        for (path, text) in [
            ("Cargo.toml", MANIFEST),
            ("src/main.rs", RUST),
            ("src/bin/idle.rs", RUST_IDLE),
            ("smallest.go", GO),
            ("idle.go", GO_IDLE),
        ] {
            fs::write(folder.join(path), text)?;
        }
        let buildable = |side, name: &str| match side {
            Side::Go => {
                let source = folder.join(format!("{name}.go"));
                let mut command = compile_go(go, self.project, folder);
                let output = program(&folder.join("go"), name);
                command.arg("-o").arg(output).arg(&source);
                Buildable {
                    command,
                    source,
                    edits: 0,
                }
            }
            Side::Rust => {
                let (mut command, _) = cargo(folder, "release");
                command.args(["--bin", name]);
                if is_static {
                    command.env(RUSTFLAGS, STATIC_RUST);
                }
                Buildable {
                    command,
                    source: folder.join("src/main.rs"),
                    edits: 0,
                }
            }
        };
        let both = |name| Both {
            go: buildable(Side::Go, name),
            rust: buildable(Side::Rust, name),
        };
        let (mut smallest, mut idle) = (both("smallest"), both("idle"));
        let cold = Both {
            go: smallest.go.build()?,
            rust: smallest.rust.build()?,
        };
        idle.go.build()?;
        idle.rust.build()?;
        let outputs = Both {
            go: folder.join("go"),
            rust: cargo(folder, "release").1,
        };
        self.blocks(subject, BLOCKS, journal, |number, side| {
            let built = program(outputs.of(side), "smallest");
            let mut figures = sizes(&built, folder)?;
            let idle = program(outputs.of(side), "idle");
            note(&mut figures, "idle_bytes", idle_bytes(&idle)?);
            if number == 0 {
                figures.insert("cold_build_ns".to_owned(), nanoseconds(*cold.of(side)));
            }
            let mut samples = Vec::new();
            for _ in 0..STARTS {
                let begun = Instant::now();
                let ended = environment::program(&built).status();
                ended.context("cannot start a program just built")?;
                let mut sample = Map::new();
                sample.insert("wall_ns".to_owned(), nanoseconds(begun.elapsed()));
                samples.push(sample);
            }
            if number < REBUILDS {
                let time = smallest.of_mut(side).rebuild()?;
                figures.insert("rebuild_ns".to_owned(), nanoseconds(time));
            }
            samples[0].append(&mut figures);
            Ok(of(samples))
        })
    }

    /// A pair: its sizes, and how long one of them takes to build.
    fn pair(&self, topic: &Topic, folder: &Path, go: &Go, journal: &mut Journal) -> Result<()> {
        let name = &topic.name;
        let root = &self.project.root;
        let told = |source: &Path, programs: &Path| -> Result<Map<String, Value>> {
            let mut figures = sizes(&program(programs, name), folder)?;
            let [tokens, lines] = (self.taught)(root, source)?;
            note(&mut figures, "tokens", Some(tokens as u64));
            note(&mut figures, "lines", Some(lines as u64));
            Ok(figures)
        };
        let rust_programs = timed(self.project).join(Build::System.name());
        let figures = Both {
            go: told(&topic.go_source(), &Programs::of(self.project).go)?,
            rust: told(&topic.rust_source(), &rust_programs)?,
        };
        let done = |m: &Measurement| m.blocks.len() == REBUILDS;
        if name != BUILDING || journal.of(&subject(name)).is_some_and(done) {
            return self.blocks(&subject(name), 1, journal, |_, side| {
                Ok(of(vec![figures.of(side).clone()]))
            });
        }
        let copy = self.copied(folder)?;
        let rust = Buildable {
            command: rust_pair(&copy),
            source: copy.join(topic.rust_source()),
            edits: 0,
        };
        let go = Buildable {
            command: self.go_pair(go, &copy),
            source: copy.join(topic.go_source()),
            edits: 0,
        };
        let mut both = Both { go, rust };
        let cold = Both {
            go: both.go.build()?,
            rust: both.rust.build()?,
        };
        self.blocks(&subject(name), REBUILDS, journal, |number, side| {
            let mut figures = figures.of(side).clone();
            if number == 0 {
                figures.insert("cold_build_ns".to_owned(), nanoseconds(*cold.of(side)));
            }
            let time = both.of_mut(side).rebuild()?;
            figures.insert("rebuild_ns".to_owned(), nanoseconds(time));
            Ok(of(vec![figures]))
        })
    }
}

fn of(samples: Vec<Map<String, Value>>) -> Run {
    Run {
        samples,
        ..Run::default()
    }
}

fn nanoseconds(time: Duration) -> Value {
    (time.as_nanos() as u64).into()
}

fn note(figures: &mut Map<String, Value>, name: &str, figure: Option<u64>) {
    if let Some(figure) = figure {
        figures.insert(name.to_owned(), figure.into());
    }
}

/// Cargo in a folder, with what it builds below it and nothing of the user's flags.
/// Also tells where it leaves the programs.
fn cargo(folder: &Path, profile: &str) -> (Command, PathBuf) {
    let mut cargo = environment::cargo();
    let target = folder.join("target");
    let mut programs = target.join(profile);
    cargo.current_dir(folder).args(["build", "--quiet"]);
    cargo.args(["--profile", profile]);
    let users = set_aside::Cargo::read(folder);
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
fn rust_pair(copy: &Path) -> Command {
    let profile = Build::System.name();
    let (mut command, _) = cargo(copy, profile);
    command.args(["-p", BUILDING]);
    command.args(["--features", &format!("pair/{profile}")]);
    command
}

/// Go's compiler, with what it keeps below a folder.
fn compile_go(go: &Go, project: &Project, folder: &Path) -> Command {
    let mut command = go.command(project);
    command.env("GOCACHE", folder.join("go-cache"));
    command.args(["build", environment::GO_FLAGS]);
    command
}

/// The size of a program as it was built, and without its symbols where there is a tool to remove them.
fn sizes(program: &Path, folder: &Path) -> Result<Map<String, Value>> {
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

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy_all(&entry.path(), &to.join(entry.file_name()))?;
        }
    } else {
        fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    Ok(())
}

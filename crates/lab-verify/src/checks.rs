//! Yes/no checks that claims name: the lab performs them with compilers, the pairs' programs and tiny programs.

mod smallest;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};

use lab_results::{
    evidence::Answer,
    scenario::{self, Scenario},
};
use lab_workspace::{
    cores, environment,
    process_group::ProcessGroup,
    programs::Programs,
    project::{Project, Topic},
    run_limited::{self, End, last_words},
    server::{self, Spec},
    toolchain::Go,
};

use crate::{go_remarks, parity, source::Language};

/// Runs of a program whose output depends on luck.
const RUNS: usize = 1000;

/// Time limit of a program that may hang.
const HANG_LIMIT: Duration = Duration::from_secs(5);

/// Performs the check of this name.
pub fn perform(name: &str, project: &Project, programs: &Programs, go: &Go) -> Result<Answer> {
    match name {
        "go-collects-though-off" => collects_though_off(programs),
        "escape-small-slices-cost-more-without" => cost_more_without(project, programs, go),
        "escape-report-names-every-line" => report_names_every_line(project, programs, go),
        "printing-allocator-works" => printing_allocator_works(project),
        "server-gives-memory-to-the-system" => {
            let (gives, seen) = gives_back(&programs.rust.join(scenario::TOPIC))?;
            Ok((Some(gives), seen))
        }
        "sharing-prints-twice" => sharing_prints_twice(project, go),
        "smallest-program-is-like-c" => smallest::is_like_c(go, project),
        "tokens-of-all-pairs" => tokens_of_all(project),
        _ => bail!("no check is called {name:?}"),
    }
}

/// Claim V1: whether a program that lives on garbage collects all the same with GOGC=off.
fn collects_though_off(programs: &Programs) -> Result<Answer> {
    let collections = |gogc: &str| -> Result<u64> {
        let mut command = environment::program(programs.go.join("reclaim"));
        command.args(["measure", "window", "--samples", "1"]);
        let text = printed_with(&mut command, &[("GOGC", gogc)])?;
        let lines = text.lines().map(serde_json::from_str::<serde_json::Value>);
        let mut said =
            lines.filter_map(|line| line.ok()?.pointer("/runtime/collections")?.as_u64());
        said.next_back().context("reclaim tells no collections")
    };
    let (usual, off) = (collections("100")?, collections("off")?);
    let seen = format!("{usual} collections with GOGC=100, {off} with GOGC=off");
    // A program that never has to collect proves nothing.
    Ok(((usual > 0).then_some(off > 0), seen))
}

/// Beside claim Y4: tokens of each pair, and whether Go has at most nine for ten of Rust in all of them.
fn tokens_of_all(project: &Project) -> Result<Answer> {
    let (mut shares, mut all) = (Vec::new(), true);
    for topic in &project.topics {
        let [go, rust] = tokens(project, topic)?;
        let share = go as f64 / rust as f64;
        all &= share <= 0.9;
        shares.push(format!("{} {share:.2}×", topic.name));
    }
    let seen = format!("tokens of Go over Rust's: {}", shares.join(", "));
    Ok((Some(all), seen))
}

/// Tokens of the teaching files of Go and of Rust.
fn tokens(project: &Project, topic: &Topic) -> Result<[usize; 2]> {
    let report = parity::check(project, topic)?;
    Ok([Language::Go, Language::Rust].map(|side| report.side(side).tokens().len()))
}

/// Claim E3: whether the compiler's report names every line that allocates in a run.
fn report_names_every_line(project: &Project, programs: &Programs, go: &Go) -> Result<Answer> {
    let remarks = go_remarks::ask(project, go, "escape")?.into_iter();
    let heap = remarks.filter(|remark| remark.file == "escape.go" && remark.names_the_heap());
    let named: BTreeSet<usize> = heap.map(|remark| remark.line).collect();
    let printed = printed(environment::program(programs.go.join("escape")).arg("contrast"))?;
    let lines = printed
        .lines()
        .find_map(|line| line.strip_prefix("lines that allocated\t"))
        .context("escape tells no \"lines that allocated\"")?;
    let allocated: BTreeSet<usize> = lines
        .split(' ')
        .filter_map(|line| line.parse().ok())
        .collect();
    ensure!(
        !named.is_empty() && !allocated.is_empty(),
        "neither the compiler nor the program names a line that allocates"
    );
    let silent: Vec<String> = allocated
        .difference(&named)
        .map(ToString::to_string)
        .collect();
    let seen = if silent.is_empty() {
        format!("-m names all {} lines that allocate", allocated.len())
    } else {
        let lines = silent.join(", ");
        format!(
            "{} lines allocate, and -m does not name {lines}",
            allocated.len()
        )
    };
    Ok((Some(silent.is_empty()), seen))
}

/// Claim O20: whether each kind of small slice allocates more where the compiler is told to leave its room on the
/// stack out.
fn cost_more_without(project: &Project, programs: &Programs, go: &Go) -> Result<Answer> {
    let folder = tempfile::tempdir()?;
    let without = folder.path().join("escape");
    let package = project.root.join("go/cmd/escape");
    let mut build = go.command(project);
    build
        .args(["build", "-buildvcs=false", "-o"])
        .arg(&without)
        .args(["-gcflags=all=-d=variablemakehash=n", "./cmd/escape"]);
    compile(&mut build, &package)?;
    let of_four = |program: PathBuf| -> Result<Vec<u64>> {
        let facts = printed(environment::program(program).arg("contrast"))?;
        let facts = facts.lines().filter(|line| line.contains("1 to 4 numbers"));
        let last = |line: &str| line.rsplit([',', ' ']).next()?.parse().ok();
        Ok(facts.filter_map(last).collect())
    };
    let (with, without) = (of_four(programs.go.join("escape"))?, of_four(without)?);
    ensure!(
        with.len() == 3 && without.len() == 3,
        "escape tells what {} kinds of small slices allocate, not 3",
        with.len().min(without.len())
    );
    let more = with
        .iter()
        .zip(&without)
        .all(|(with, without)| without > with);
    let seen = format!("100 calls with 4 numbers allocate {with:?}, and {without:?} without");
    Ok((Some(more), seen))
}

/// Claim C3: three runs of an allocator that prints.
fn printing_allocator_works(project: &Project) -> Result<Answer> {
    let folder = tempfile::tempdir()?;
    let source = project
        .root
        .join("crates/allocator/mistakes/printing_allocator.rs");
    let program = rustc(&source, folder.path())?;
    let mut ends = BTreeSet::new();
    for _ in 0..3 {
        let end = run_limited::run(&mut environment::program(&program), HANG_LIMIT)
            .with_context(|| format!("cannot start {}", program.display()))?
            .end;
        ends.insert(match end {
            End::Exit(0) => "works".to_owned(),
            End::TimeLimit(_) => "hangs".to_owned(),
            other => other.to_string(),
        });
    }
    let works = ends.len() == 1 && ends.contains("works");
    let ends: Vec<String> = ends.into_iter().collect();
    let seen = format!("three runs: {} ({})", ends.join(", "), version()?);
    Ok((Some(works), seen))
}

/// The compiler and the C library that decide what such an allocator does.
fn version() -> Result<String> {
    let rustc = printed(environment::rustc().arg("--version"))?;
    let short = rustc.split(" (").next().unwrap_or_default().trim();
    // Only glibc tells its version.
    let libc = printed(environment::tool("getconf").arg("GNU_LIBC_VERSION"));
    Ok(libc.map_or(short.to_owned(), |libc| format!("{short}, {}", libc.trim())))
}

/// Claim H4: a thousand runs of two programs that do not wait for their workers.
fn sharing_prints_twice(project: &Project, go: &Go) -> Result<Answer> {
    let folder = tempfile::tempdir()?;
    let source = project.root.join("crates/sharing/mistakes/luck.rs");
    let rust = rustc(&source, folder.path())?;
    let source = project.root.join("go/sharing/testdata/mistakes/luck.go");
    let program = folder.path().join("luck");
    let mut build = go.command(project);
    build
        .args(["build", "-buildvcs=false", "-o"])
        .arg(&program)
        .arg(&source);
    compile(&mut build, &source)?;
    let twice = |program: &Path| -> Result<usize> {
        let mut whole = 0;
        for _ in 0..RUNS {
            whole += usize::from(printed(&mut environment::program(program))?.lines().count() >= 2);
        }
        Ok(whole)
    };
    let [go, rust] = [twice(&program)?, twice(&rust)?];
    let seen = format!("of {RUNS} runs, {go} printed twice in Go, {rust} in Rust");
    Ok((Some(go == RUNS && rust == RUNS), seen))
}

fn rustc(source: &Path, folder: &Path) -> Result<PathBuf> {
    let program = folder.join("program");
    let mut compiler = environment::rustc();
    compiler.args(["--edition", "2024", "--cap-lints", "allow", "-O", "-o"]);
    compile(compiler.arg(&program).arg(source), source)?;
    Ok(program)
}

fn compile(compiler: &mut Command, source: &Path) -> Result<()> {
    let name = compiler.get_program().to_string_lossy().into_owned();
    let output = ProcessGroup::output(compiler).with_context(|| format!("cannot start {name}"))?;
    if !output.status.success() {
        bail!(
            "{name} cannot compile {}: {}",
            source.display(),
            last_words(&output.stderr)
        );
    }
    Ok(())
}

/// Standard output of a program, which has to end with exit code 0.
fn printed(command: &mut Command) -> Result<String> {
    printed_with(command, &[])
}

/// The same with variables of the environment.
fn printed_with(command: &mut Command, set: &[(&str, &str)]) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let command = command.envs(set.iter().copied());
    let outcome = run_limited::run(command, run_limited::PROGRAM_LIMIT)
        .with_context(|| format!("cannot start {name}"))?;
    ensure!(
        outcome.end == End::Exit(0),
        "{name}: {}: {}",
        outcome.end,
        last_words(&outcome.stderr)
    );
    Ok(String::from_utf8_lossy(&outcome.stdout).into_owned())
}

/// Whether Rust's server gives the memory of its requests back to the system, and what was seen.
fn gives_back(program: &Path) -> Result<(bool, String)> {
    const REQUESTS: u64 = 8;
    let point = Scenario::default();
    let server = Spec {
        program: program.to_owned(),
        environment: Vec::new(),
        arguments: point.arguments(0),
        cores: cores::all()?,
    }
    .start(0)?;
    let resident = || {
        let stats = server.stats()?;
        let bytes = stats
            .get("resident_bytes")
            .and_then(serde_json::Value::as_u64);
        bytes.context("the server tells no resident_bytes in /stats")
    };
    let before = resident()?;
    for _ in 0..REQUESTS {
        server::ask(server.address, "/")?;
    }
    let kept = resident()?.saturating_sub(before);
    let seen = format!(
        "{REQUESTS} requests of {} left {} KiB resident",
        scenario::size(point.payload),
        kept >> 10
    );
    Ok((kept < point.payload / 2, seen))
}

//! One measured process: fresh, in a cleared environment, under a time limit. Its output is read strictly.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use lab_results::{cases::arguments, result::Run, settings};
use lab_workspace::{
    command_line::command_line,
    cores, environment,
    process_statistics::{Cpu, Curve, Watch},
    run_limited::{End, Outcome},
};

use crate::failure::NoSuchScale;
use crate::measure::{
    cachegrind,
    jitter_probe::{JitterProbe, Lateness},
    process::{self, Timed},
};

/// A process that is about to be measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// The allocator of its build.
    pub allocator: &'static str,
    /// The case.
    pub case: String,
    /// Its size, or the case's own.
    pub scale: Option<u64>,
    /// The number of its samples.
    pub samples: u64,
    /// The environment of its setting.
    pub environment: Vec<(String, String)>,
    /// Whether it runs on one core.
    pub one_core: bool,
    /// Whether a jitter probe runs meanwhile, which costs a little.
    pub probed: bool,
    /// Whether it runs under a simulation: nothing of it is timed.
    pub simulated: bool,
    /// Time limit.
    pub limit: Duration,
}

/// Output of a measured process.
#[derive(Debug, Clone)]
pub struct ProcessOutput {
    /// Its figures.
    pub run: Run,
    /// The size that it measured.
    pub scale: u64,
    /// Standard error: the trace of Go's collector, if it is switched on.
    pub trace: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    allocator: String,
    answer: String,
    case: String,
    #[serde(rename = "language")]
    _language: String,
    samples: u64,
    scale: u64,
    #[serde(rename = "unit")]
    _unit: String,
}

impl Launch {
    /// The command as one would type it in the top folder.
    pub fn shown(&self, root: &Path) -> String {
        let core = self.one_core.then(|| last_core().unwrap_or(0));
        let cores = Vec::from_iter(core);
        command_line(
            &cores,
            &self.environment,
            &self.program,
            &self.arguments(),
            root,
        )
    }

    /// The cores on which it runs.
    pub fn cores(&self) -> Result<Vec<usize>> {
        if self.one_core {
            Ok(vec![last_core()?])
        } else {
            cores::all()
        }
    }

    fn arguments(&self) -> Vec<String> {
        arguments(&self.case, self.scale, self.samples)
    }

    /// Runs it; the padding only makes the environment larger, since its size alone shifts results.
    pub fn run(&self, root: &Path, padding: usize) -> Result<ProcessOutput> {
        let (output, _) = self.run_named(root, padding, false)?;
        Ok(output)
    }

    /// Runs it and watches its memory, which costs a little: nothing of it is timed.
    pub fn watch(&self, root: &Path) -> Result<(ProcessOutput, Curve)> {
        self.run_named(root, 0, true)
    }

    fn run_named(
        &self,
        root: &Path,
        padding: usize,
        watched: bool,
    ) -> Result<(ProcessOutput, Curve)> {
        self.run_here(root, padding, watched)
            .with_context(|| format!("measuring failed: {}", self.shown(root)))
    }

    fn run_here(
        &self,
        root: &Path,
        padding: usize,
        watched: bool,
    ) -> Result<(ProcessOutput, Curve)> {
        let mut command = if self.simulated {
            let mut command = cachegrind::command();
            command.arg(&self.program);
            command
        } else {
            environment::program(&self.program)
        };
        command
            .current_dir(root)
            .args(self.arguments())
            .envs(self.environment.iter().cloned())
            .env("LAB_PADDING", "x".repeat(padding));
        let mut work = || -> io::Result<(Timed, Curve, Option<Lateness>)> {
            let mut watch = None;
            let probe = self.probed.then(JitterProbe::start).transpose()?;
            let begun = |pid| watch = watched.then(|| Watch::start(pid));
            let timed = process::timed(&mut command, self.limit, begun);
            let curve = watch.map_or_else(Curve::new, Watch::end);
            let late = probe.and_then(JitterProbe::end);
            Ok((timed?, curve, late))
        };
        let (timed, curve, late) = if self.one_core {
            cores::on(&[last_core()?], work)?
        } else {
            work()
        }?;
        let Timed { outcome, wall, cpu } = timed;
        check_end(&outcome)?;
        let mut output = self.read(&outcome.stdout)?;
        self.note(&mut output.run, wall, &cpu, late)?;
        output.trace = String::from_utf8_lossy(&outcome.stderr).into_owned();
        Ok((output, curve))
    }

    /// Adds what was seen from outside to the process's figures.
    fn note(&self, run: &mut Run, wall: Duration, cpu: &Cpu, late: Option<Lateness>) -> Result<()> {
        let mut note = |name: &str, figure: Value| run.process.insert(name.to_owned(), figure);
        for (name, time) in [
            ("wall_process_ns", wall),
            ("cpu_process_ns", cpu.user + cpu.system),
            ("user_process_ns", cpu.user),
            ("system_process_ns", cpu.system),
        ] {
            note(name, (time.as_nanos() as u64).into());
        }
        if let Some(whole) = cores::count_whole(&self.cores()?) {
            note("whole_cores", whole.into());
        }
        // A limit in words stands in the name of its setting.
        let limit = self
            .environment
            .iter()
            .find(|(name, _)| name == settings::LIMIT);
        if let Some(Ok(limit)) = limit.map(|(_, value)| value.parse::<u64>()) {
            note("limit_bytes", limit.into());
        }
        if let Some(late) = late {
            // The case tells when the first of its requests was due.
            let first = run.samples.first();
            let from = first.and_then(|sample| sample.get("began_ns")?.as_u64());
            let late = late.since(from.unwrap_or(0));
            note("probe_late_ns", json!(late));
        }
        Ok(())
    }

    /// Reads its output: a header, samples, the runtime's figures and the process's.
    fn read(&self, printed: &[u8]) -> Result<ProcessOutput> {
        let text = str::from_utf8(printed).map_err(|_| anyhow!("its output is not UTF-8"))?;
        let mut lines = text.lines().enumerate();
        let mut next = |what: &str| {
            lines
                .next()
                .with_context(|| format!("it ended before it printed {what}"))
        };
        let (_, first) = next("its answer")?;
        let header: Header = parse(first, 1, "the header of a measurement")?;
        ensure!(header.case == self.case, "it measured {:?}", header.case);
        let requested = self.scale.unwrap_or(header.scale);
        ensure!(
            header.scale == requested,
            "it measured at scale {}",
            header.scale
        );
        // A case may need a fresh process for each sample.
        ensure!(
            (1..=self.samples).contains(&header.samples),
            "it takes {} samples",
            header.samples
        );
        ensure!(
            header.allocator == self.allocator,
            "its allocator is {:?} and not {:?}",
            header.allocator,
            self.allocator
        );
        let mut run = Run {
            answer: header.answer,
            ..Run::default()
        };
        for number in 1..=header.samples {
            let (place, line) = next("all samples")?;
            run.samples.push(read_sample(line, place + 1, number)?);
        }
        for (name, figures) in [("runtime", &mut run.runtime), ("process", &mut run.process)] {
            let (place, line) = next(&format!("the figures of the {name}"))?;
            let mut object: Map<String, Value> = parse(line, place + 1, "an object")?;
            match (object.remove(name), object.is_empty()) {
                (Some(Value::Object(found)), true) => *figures = found,
                _ => bail!("line {} does not hold the figures of the {name}", place + 1),
            }
        }
        if let Some((place, _)) = lines.next() {
            bail!("line {} is one too many", place + 1);
        }
        Ok(ProcessOutput {
            run,
            scale: header.scale,
            trace: String::new(),
        })
    }
}

/// Refuses the outcome of a process that did not succeed.
fn check_end(outcome: &Outcome) -> Result<()> {
    if outcome.end == End::Exit(0) {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    let first = stderr.lines().next().unwrap_or_default();
    let scale = first.strip_prefix("error: --scale: ");
    if let (End::Exit(2), Some(says)) = (outcome.end, scale) {
        return Err(NoSuchScale(says.to_owned()).into());
    }
    let colon = if first.is_empty() { "" } else { ": " };
    bail!("{}{colon}{first}", outcome.end);
}

/// Reads the sample of this number.
fn read_sample(line: &str, place: usize, number: u64) -> Result<Map<String, Value>> {
    let mut sample: Map<String, Value> = parse(line, place, "a sample")?;
    ensure!(
        sample.remove("sample") == Some(number.into()),
        "line {place} is not sample {number}"
    );
    for (name, figure) in &sample {
        ensure!(is_figure(figure), "line {place}: {name:?} is not a figure");
    }
    Ok(sample)
}

fn parse<T: for<'a> Deserialize<'a>>(line: &str, number: usize, what: &str) -> Result<T> {
    serde_json::from_str(line).map_err(|error| anyhow!("line {number} is not {what}: {error}"))
}

/// A number, a list of pairs of such, or nothing where a language has no such thing.
fn is_figure(value: &Value) -> bool {
    let number = |value: &Value| value.as_f64().is_some_and(f64::is_finite);
    match value {
        Value::Null => true,
        Value::Array(pairs) => pairs.iter().all(|pair| {
            pair.as_array()
                .is_some_and(|pair| pair.len() == 2 && pair.iter().all(number))
        }),
        value => number(value),
    }
}

/// The last core that this process may use: the first one is the busiest.
fn last_core() -> Result<usize> {
    let all = cores::all()?;
    all.last()
        .copied()
        .context("cannot determine the processor cores")
}

#[cfg(test)]
mod tests;

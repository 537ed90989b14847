//! Begins a measurement: recovery of a killed run, the empty result, and the signal that stops it.

use std::{
    env,
    sync::{Arc, atomic::AtomicBool},
    time::SystemTime,
};

use anyhow::{Context as _, Result};
use lab_bench::measure::{Lab, machine};
use lab_results::{
    result::{Machine, Request, ResultFile, SCHEMA},
    store::Recovered,
};
use lab_workspace::{environment, process_group, project::Project};

use crate::{command::shown, started_as};

/// Exit code of a stopped run.
pub const STOPPED: u8 = 130;

/// Describes what was recovered of a run that was killed.
pub fn describe_recovery(recovered: &Recovered) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some((path, command)) = &recovered.result {
        let command = format!("{command} --resume");
        lines.push(format!(
            "{} keeps what a killed run has measured; {} continues it.",
            shown(path),
            command
        ));
    }
    if let Some((why, path)) = &recovered.damaged {
        lines.push(format!(
            "warning: the journal of a killed run is damaged and lies in {} now. Lost: {why}.",
            shown(path)
        ));
    }
    lines
}

/// An empty result.
pub fn begin(
    project: &Project,
    lab: &Lab,
    request: Request,
    machine: Machine,
    seed: u64,
) -> Result<ResultFile> {
    Ok(ResultFile {
        schema: SCHEMA,
        command: repeat_command(seed),
        request,
        complete: false,
        began: SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)?
            .as_secs(),
        seed,
        machine,
        commit: machine::commit(project),
        flags: environment::flags(),
        hashes: lab.hashes.clone(),
        measurements: Vec::new(),
        skipped: Vec::new(),
    })
}

/// The command that repeats the measurement: as typed, with the seed, without options about the start.
fn repeat_command(seed: u64) -> String {
    repeat_with(env::args().skip(1), seed)
}

fn repeat_with(words: impl Iterator<Item = String>, seed: u64) -> String {
    let mut words: Vec<String> = words.collect();
    if let Some(place) = words.iter().position(|word| word == "--started-as") {
        words.drain(place..(place + 2).min(words.len()));
    }
    words.retain(|word| !["--go-on", "--resume", "--fresh"].contains(&word.as_str()));
    if !words.iter().any(|word| word.starts_with("--seed")) {
        words.extend(["--seed".to_owned(), seed.to_string()]);
    }
    format!(
        "cargo lab {}",
        started_as::quote(words.iter().map(String::as_str))
    )
}

/// A flag that the first signal sets; the second signal ends the lab at once.
pub fn stopped() -> Result<Arc<AtomicBool>> {
    use signal_hook::{consts::TERM_SIGNALS, flag};
    let stopped = Arc::new(AtomicBool::new(false));
    for &signal in TERM_SIGNALS {
        flag::register(signal, Arc::clone(&stopped)).context("cannot listen for signals")?;
    }
    process_group::go_on_until_the_second_signal(STOPPED.into());
    Ok(stopped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_made_again_by_what_was_typed_and_its_seed() {
        let repeat = |words: &str| repeat_with(words.split(' ').map(str::to_owned), 7);
        let typed = "measure --only x --resume";
        assert_eq!(repeat(typed), "cargo lab measure --only x --seed 7");
        assert_eq!(repeat("measure --seed 5"), "cargo lab measure --seed 5");
        let started = [
            "measure",
            "--started-as",
            "cargo make all",
            "--quick",
            "--go-on",
        ];
        assert_eq!(
            repeat_with(started.into_iter().map(str::to_owned), 7),
            "cargo lab measure --quick --seed 7"
        );
    }
}

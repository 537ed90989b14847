//! What every measurement begins with, and what ends it early.

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
use lab_workspace::{environment, group, project::Project};

use super::{shown, way};

/// The exit code of a lab that somebody stopped.
pub const STOPPED: u8 = 130;

/// What became of a run that was killed.
pub fn became(recovered: &Recovered) -> Vec<String> {
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

/// A result that nothing is in yet.
pub fn begin(
    project: &Project,
    lab: &Lab,
    request: Request,
    machine: Machine,
    seed: u64,
) -> Result<ResultFile> {
    Ok(ResultFile {
        schema: SCHEMA,
        command: again(seed),
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
        left_out: Vec::new(),
    })
}

/// The command that makes a result again: what was typed, with the seed that was taken, without the words
/// that tell how it was started.
fn again(seed: u64) -> String {
    make_again(env::args().skip(1), seed)
}

fn make_again(words: impl Iterator<Item = String>, seed: u64) -> String {
    let mut words: Vec<String> = words.collect();
    if let Some(place) = words.iter().position(|word| word == "--started-as") {
        words.drain(place..(place + 2).min(words.len()));
    }
    words.retain(|word| !["--go-on", "--resume", "--fresh"].contains(&word.as_str()));
    if !words.iter().any(|word| word.starts_with("--seed")) {
        words.extend(["--seed".to_owned(), seed.to_string()]);
    }
    format!("cargo lab {}", way::quote(words.iter().map(String::as_str)))
}

/// Set when somebody stops the lab; the second time it ends at once.
pub fn stopped() -> Result<Arc<AtomicBool>> {
    use signal_hook::{consts::TERM_SIGNALS, flag};
    let stopped = Arc::new(AtomicBool::new(false));
    for &signal in TERM_SIGNALS {
        flag::register(signal, Arc::clone(&stopped)).context("cannot listen for signals")?;
    }
    group::go_on_until_the_second_signal(STOPPED.into());
    Ok(stopped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_made_again_by_what_was_typed_and_its_seed() {
        let again = |words: &str| make_again(words.split(' ').map(str::to_owned), 7);
        let typed = "measure --only x --resume";
        assert_eq!(again(typed), "cargo lab measure --only x --seed 7");
        assert_eq!(again("measure --seed 5"), "cargo lab measure --seed 5");
        let started = [
            "measure",
            "--started-as",
            "cargo make all",
            "--quick",
            "--go-on",
        ];
        assert_eq!(
            make_again(started.into_iter().map(str::to_owned), 7),
            "cargo lab measure --quick --seed 7"
        );
    }
}

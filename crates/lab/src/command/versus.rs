use std::{
    process::{Command, ExitCode},
    sync::{OnceLock, atomic::Ordering::Relaxed},
};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use lab_bench::{
    failure::AnswersDiffer,
    measure::{
        block::{Turn, watched},
        process,
    },
    scheduler::{BlockResult, Experiment, Scheduler, Share},
};
use lab_results::{
    comparison::{self, Comparison},
    result::{CaseKey, ResultFile, Run, SCHEMA},
    store::Store,
    warnings,
};
use lab_workspace::{cores, language::Language};
use serde_json::{Map, Value, json};

use super::{note, print, print_fitted};
use crate::{
    begin_measurement,
    progress_bar::Bar,
    started_as::{Words, split_words},
};

/// Compares any two commands with the method of the pairs: interleaved blocks, a control, exact intervals.
#[derive(Args)]
pub struct Versus {
    /// Two commands, each in quotes. For a shell command, write "sh -c '…'".
    #[arg(num_args = 2, required = true, value_names = ["COMMAND A", "COMMAND B"], value_parser = split_words)]
    commands: Vec<Words>,
    /// Run this command once before all others.
    #[arg(long, value_name = "COMMAND", value_parser = split_words)]
    setup: Option<Words>,
    /// Fail if both do not print the same to standard output.
    #[arg(long)]
    expect_same_output: bool,
    /// Number of blocks. In each block both commands run once, and one of them a second time as the control.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(6..=10_000))]
    blocks: u32,
    /// Print one JSON object and nothing else.
    #[arg(long)]
    json: bool,
    /// What the first run printed.
    #[arg(skip)]
    output: OnceLock<Vec<u8>>,
    #[arg(skip = CaseKey::plain("versus", "commands"))]
    key: CaseKey,
}

/// A stands where Go does in a block, B where Rust does.
impl Experiment for &Versus {
    fn key(&self) -> &CaseKey {
        &self.key
    }

    fn blocks(&self) -> usize {
        self.blocks as usize
    }

    fn run_block(&self, seed: u64, number: usize) -> Result<BlockResult> {
        let run = |turn: Turn| self.run_once(turn.language, turn.padding);
        watched(&self.key, seed, number, &cores::all()?, run)
    }
}

impl Versus {
    fn run_once(&self, language: Language, padding: usize) -> Result<Run> {
        let words = &self.commands[language as usize];
        let (sample, output) = run(words, padding)?;
        if self.expect_same_output && *self.output.get_or_init(|| output.clone()) != output {
            let why = format!("{} does not print the same as the first run", words.1);
            return Err(AnswersDiffer(why).into());
        }
        Ok(Run {
            samples: vec![sample],
            ..Run::default()
        })
    }

    pub fn run(&self) -> Result<ExitCode> {
        let (stopped, bar, folder) = (
            begin_measurement::stopped()?,
            Bar::new(),
            tempfile::tempdir()?,
        );
        let (schema, seed) = (SCHEMA, fastrand::u64(..1 << 32));
        let store = Store::open(&folder.path().join("versus"))?;
        let mut journal = store.begin(ResultFile {
            schema,
            seed,
            ..ResultFile::default()
        })?;
        let mut measure = || {
            self.setup.as_ref().map(|words| run(words, 0)).transpose()?;
            // What fails at once fails before anything is timed.
            self.run_once(Language::Go, 0)?;
            self.run_once(Language::Rust, 0)?;
            let share = Share::unlimited(vec![Box::new(self)]);
            Scheduler {
                stopped: &stopped,
                listener: &bar,
            }
            .run(vec![share], &mut journal)
        };
        let measured = measure();
        bar.finish();
        if stopped.load(Relaxed) {
            note("Stopped: nothing is kept.");
            return Ok(ExitCode::from(begin_measurement::STOPPED));
        }
        measured?;
        match journal.found.skipped.first() {
            Some(skipped) => bail!("{}", skipped.why),
            None => self.show(&journal.found).map(|()| ExitCode::SUCCESS),
        }
    }

    fn show(&self, found: &ResultFile) -> Result<()> {
        let measured = &found.measurements[0];
        let mut report =
            json!({"blocks": measured.blocks.len(), "rejected": measured.rejected.len()});
        let [a, b] = [0, 1].map(|place| &self.commands[place].1);
        let mut text = format!("A: {a}\nB: {b}\n\n{}", comparison::HEAD);
        for [what, name, unit] in process::FIGURES {
            let compared = Comparison::new(&measured.blocks, name);
            text += &compared.row(what, unit);
            report[name] = json!(compared);
        }
        let warnings = warnings::all(found);
        report["warnings"] = json!(warnings);
        if self.json {
            return print(&serde_json::to_string_pretty(&report)?);
        }
        print(&text)?;
        warnings
            .iter()
            .try_for_each(|warning| print_fitted(warning))
    }
}

/// Runs a command; returns its figures and its output.
fn run((words, typed): &Words, padding: usize) -> Result<(Map<String, Value>, Vec<u8>)> {
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .env("LAB_PADDING", "x".repeat(padding));
    process::figures(&mut command).with_context(|| format!("{typed} failed"))
}

//! `load merge`: merges interval logs.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::Parser;
use load::{log::Log, report_text};

use super::{Usage, output::Output};

/// Adds the interval logs of several machines or runs, without loss
#[derive(Parser)]
#[command(name = "merge")]
pub struct Merge {
    /// Logs written with --hlog
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    #[command(flatten)]
    output: Output,
}

impl Merge {
    /// Merges the logs and prints the result.
    pub fn run(&self) -> Result<ExitCode> {
        let log = self.merged().map_err(|error| Usage::from_error(&error))?;
        let latency = log.latency();
        self.output.files(&log, &latency)?;
        let text = || {
            let mut text = report_text::table(&log.good());
            text += &report_text::failures(&latency, log.errors(), None);
            let (rate, seconds) = (log.achieved_rate(), log.elapsed().as_secs_f64());
            text + &format!("rate       {rate:.1} good answers a second, in {seconds:.1} s\n")
        };
        self.output.print(log.json(), text, &latency)?;
        Ok(ExitCode::from(u8::from(!self.output.is_met(&latency))))
    }

    fn merged(&self) -> Result<Log> {
        let mut logs = Vec::new();
        for path in &self.logs {
            let log = fs::read_to_string(path).map_err(Into::into);
            let log = log.and_then(|text| Log::read(&text));
            let log = log.with_context(|| format!("cannot read {}", path.display()))?;
            logs.push((path.display().to_string(), log));
        }
        self.output.check()?;
        Log::merge(logs)
    }
}

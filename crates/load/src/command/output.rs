//! Output of the command: its report, messages on standard error, and files.

use std::{
    fs::{File, FileType},
    io::{self, BufRead as _, BufReader, BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, ensure};
use clap::Args;
use hdrhistogram::Histogram;
use load::{
    Slo,
    log::{self, Log},
    report_text,
};
use serde_json::Value;

/// Options for the output, and latency targets.
#[derive(Args)]
pub struct Output {
    /// Print one JSON object on stdout and nothing else
    #[arg(long)]
    json: bool,
    /// Latency target, such as 'p99<20ms': exit code 1 if it is missed. Repeatable
    #[arg(long = "slo", value_name = "TARGET")]
    pub slos: Vec<Slo>,
    /// Write an interval log for `load merge` and the tools of `HdrHistogram`
    #[arg(long, value_name = "FILE")]
    hlog: Option<PathBuf>,
    /// Write the distribution of latencies for the plotter of `HdrHistogram`
    #[arg(long, value_name = "FILE")]
    hgrm: Option<PathBuf>,
}

impl Output {
    /// Fails before the run if a file cannot be written. A file that this command did not write is never replaced.
    pub fn check(&self) -> Result<()> {
        ensure!(
            self.hlog.is_none() || self.hlog != self.hgrm,
            "--hlog and --hgrm name the same file"
        );
        let files = [(&self.hlog, "#["), (&self.hgrm, "Value ")];
        for (path, begins) in files {
            let Some(path) = path else { continue };
            let shown = path.display();
            ensure!(
                is_free(path, begins).with_context(|| cannot_write(path))?,
                "{shown} exists and was not written by this option: name another file, or move it away"
            );
        }
        Ok(())
    }

    /// Writes the files.
    pub fn files(&self, log: &Log, latency: &Histogram<u64>) -> Result<()> {
        if let Some(path) = &self.hlog {
            write_to(path, |file| log.write(file))?;
        }
        if let Some(path) = &self.hgrm {
            write_to(path, |file| log::write_distribution(latency, file))?;
        }
        Ok(())
    }

    /// Prints the report, and which targets are met. A closed pipe is not an error.
    pub fn print(
        &self,
        mut json: Value,
        text: impl FnOnce() -> String,
        latency: &Histogram<u64>,
    ) -> Result<()> {
        let report = if self.json {
            json["slo"] = self.slos.iter().map(|slo| slo.json(latency)).collect();
            format!("{json:#}\n")
        } else {
            text() + &report_text::targets(&self.slos, latency)
        };
        let mut stdout = io::stdout().lock();
        let printed = stdout.write_all(report.as_bytes());
        done(printed.and_then(|()| stdout.flush()))
    }

    /// Whether these latencies meet all targets.
    pub fn is_met(&self, latency: &Histogram<u64>) -> bool {
        self.slos.iter().all(|slo| slo.is_met(latency))
    }
}

/// Prints a line to standard error, and ignores a closed one.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints clap's message: help, the version or a usage error.
pub fn explain(error: &clap::Error) -> Result<ExitCode> {
    let printed = error.print();
    if !error.use_stderr() {
        done(printed)?;
    }
    Ok(ExitCode::from(error.exit_code() as u8))
}

fn done(printed: io::Result<()>) -> Result<()> {
    match printed {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed.context("cannot print"),
    }
}

/// Whether a file may be written: it does not exist, is empty, is a device or a pipe, or begins like one that this
/// command wrote.
fn is_free(path: &Path, begins: &str) -> io::Result<bool> {
    match path.metadata() {
        Ok(about) if is_special(about.file_type()) => return Ok(true),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // Only a trial.
            File::create_new(path)?;
            return std::fs::remove_file(path).map(|()| true);
        }
        Err(error) => return Err(error),
    }
    let file = File::options().read(true).append(true).open(path)?;
    let mut first = Vec::new();
    BufReader::new(io::Read::take(file, 64)).read_until(b'\n', &mut first)?;
    let first = String::from_utf8_lossy(&first);
    Ok(first.is_empty() || first.trim_start().starts_with(begins))
}

fn is_special(kind: FileType) -> bool {
    !kind.is_file() && !kind.is_dir()
}

fn write_to(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<()> {
    let file = File::create(path).with_context(|| cannot_write(path))?;
    let mut file = BufWriter::new(file);
    write(&mut file)
        .and_then(|()| file.flush())
        .with_context(|| cannot_write(path))
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

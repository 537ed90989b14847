//! What the command writes: its report, what it says beside it, and its files.

use std::{
    fs::{File, FileType},
    io::{self, BufRead as _, BufReader, BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, ensure};
use clap::Args;
use hdrhistogram::Histogram;
use load::log::{self, Log};
use serde_json::Value;

#[derive(Args)]
pub struct Output {
    /// Prints one JSON object and nothing else on stdout
    #[arg(long)]
    json: bool,
    /// Writes an interval log, which `merge` and other tools of `HdrHistogram` read
    #[arg(long, value_name = "FILE")]
    hlog: Option<PathBuf>,
    /// Writes the distribution of latencies, which the plotter of `HdrHistogram` reads
    #[arg(long, value_name = "FILE")]
    hgrm: Option<PathBuf>,
}

impl Output {
    /// Whether people or programs read the report.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Says early what cannot be written in the end. A file that holds anything else than such a log stays.
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
                "{shown} is no file that this option wrote: name another one, or move it away"
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

    /// Prints the report; a reader that went away is no failure.
    pub fn print(&self, json: &Value, text: impl FnOnce() -> String) -> Result<()> {
        let report = if self.json {
            format!("{json:#}\n")
        } else {
            text()
        };
        let mut stdout = io::stdout().lock();
        let printed = stdout.write_all(report.as_bytes());
        done(printed.and_then(|()| stdout.flush()))
    }
}

/// Tells a line on standard error. Where nobody can be told, nobody is.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints what clap has to say: help, the version, or how the command was used wrongly.
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

/// Whether a file may be written: it is not there yet, empty, a device or a pipe, or begins like one of ours.
fn is_free(path: &Path, begins: &str) -> io::Result<bool> {
    match path.metadata() {
        Ok(about) if is_special(about.file_type()) => return Ok(true),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // What is made here is only tried.
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

//! `cargo book` writes the book into `target/book`.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod changes;
mod progress;

use std::{path::PathBuf, process::ExitCode, thread, time::Duration};

use actix_web::web::Data;
use anyhow::{Context as _, Result};
use book::{
    book_folder,
    messages::{Lack, Warning},
    playground::api::Playground,
    serve::Server,
};
use changes::Snapshot;
use clap::Parser;
use lab_results::store;
use lab_workspace::{
    output::{self, note, print},
    own_files::Refused,
    programs,
    project::Project,
    system_limits,
};
use progress::Progress;

/// The exit code of a command that somebody stopped.
const STOPPED: i32 = 130;

/// Writes the book: both languages in two columns, with their output and what they cost.
#[derive(Parser)]
#[command(name = "book", bin_name = "cargo book", version)]
struct Arguments {
    /// Folder of the results, of which the newest is shown; by default `results` in the top folder.
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Folder of the book: new, empty, or a book already; by default `target/book`.
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Also write the pictures of README: a chapter, the memory to watch, and a plot of the reference.
    #[arg(long)]
    pictures: bool,
    /// Show the book on this machine, with a playground, and update it after every change.
    #[arg(long)]
    serve: bool,
    /// Port on which the book is shown; 0 takes any free one.
    #[arg(long, default_value_t = 3000)]
    port: u16,
}

fn main() -> ExitCode {
    // The playground starts this program to become another one.
    if let Some(error) = system_limits::take_over() {
        note(&format!("error: {error:#}"));
        return ExitCode::from(system_limits::NOT_STARTED);
    }
    let done = match Arguments::try_parse() {
        Ok(arguments) => arguments.run(),
        Err(said) => output::explained(said.print(), said.use_stderr())
            .map(|()| ExitCode::from(said.exit_code() as u8)),
    };
    done.unwrap_or_else(|error| {
        note(&format!("error: {error:#}"));
        ExitCode::from(if error.is::<Refused>() { 2 } else { 1 })
    })
}

/// A book that is written, and written again while it is served.
struct Writer {
    folder: PathBuf,
    results: PathBuf,
}

impl Arguments {
    fn run(&self) -> Result<ExitCode> {
        // A server ends when somebody stops it.
        book_folder::end_on_signals(if self.serve { 0 } else { STOPPED })?;
        let project = Project::find()?;
        let folder = match &self.into {
            Some(folder) => std::path::absolute(folder)
                .with_context(|| format!("cannot tell where {} is", folder.display()))?,
            None => project.target().join("book"),
        };
        let results = project.results(self.results.as_deref())?;
        if self.results.is_some() && !results.is_dir() {
            let why = format!("--results: {} is not a folder", results.display());
            return Err(Refused(why).into());
        }
        // Told before the minutes that a book may take.
        let server = self.serve.then(|| Server::listen(self.port)).transpose()?;
        let writer = Writer { folder, results };
        // What changes while the book is written belongs to the next one.
        let server = server.map(|server| (server, writer.look(&project, &Snapshot::default())));
        let warnings = writer.write(&project)?;
        if self.pictures && !book::readme_pictures::write(&project, &writer.folder)? {
            note("no plot was drawn, because there is no reference result yet");
        }
        print(&writer.folder.join("index.html").display().to_string())?;
        if let Some((server, seen)) = server {
            writer.serve(&project, server, seen)?;
        }
        let is_wrong = warnings.iter().any(|warning| warning.kind == Lack::Wrong);
        Ok(ExitCode::from(u8::from(is_wrong)))
    }
}

impl Writer {
    fn write(&self, project: &Project) -> Result<Vec<Warning>> {
        let progress = Progress::new();
        let warnings = book::write(project, &self.folder, &self.results, &progress);
        progress.end();
        let warnings = warnings?;
        for warning in &warnings {
            note(&warning.to_string());
        }
        Ok(warnings)
    }

    /// Serves the book that was made from these files, and writes it again when one of them changes.
    fn serve(&self, project: &Project, server: Server, mut seen: Snapshot) -> Result<()> {
        let playground = Data::new(Playground::new(project, &self.folder, &self.results)?);
        book_folder::remove_at_signals(playground.scratch());
        print(&server.address())?;
        let (folder, data) = (self.folder.clone(), playground.clone());
        thread::spawn(move || {
            if let Err(error) = server.serve(&folder, data) {
                note(&format!("error: {error:#}"));
            }
        });
        let own = OWN.map(|path| project.root.join(path));
        loop {
            let now = self.wait_for_change(project, &seen, &playground);
            // A measurement may have begun meanwhile.
            let Some(_turn) = playground.turn_to_write() else {
                continue;
            };
            if now.differs_in(&seen, &own) {
                print(
                    "the book's own code changed: stop this command and start it again to see that",
                )?;
                playground.outdate();
            }
            seen = now;
            // Cargo and Go build only what changed.
            programs::forget();
            let written = Project::at(&project.root).and_then(|project| {
                self.write(&project)?;
                Ok(project)
            });
            match written {
                Ok(project) => {
                    playground.renew(&project);
                    print("written again")?;
                }
                Err(error) => note(&format!("error: {error:#}")),
            }
        }
    }

    /// Waits until a file is another than in this snapshot, or the book or a program is gone.
    fn wait_for_change(
        &self,
        project: &Project,
        seen: &Snapshot,
        playground: &Playground,
    ) -> Snapshot {
        let is_written = || self.folder.join("index.html").is_file() && playground.has_programs();
        let was_written = is_written();
        let mut last = seen.clone();
        loop {
            thread::sleep(POLL_INTERVAL);
            // What changes meanwhile is seen after the measurement.
            if playground.is_measuring() {
                continue;
            }
            let now = self.look(project, &last);
            // While files still change, their writer is not done.
            if now == last && (now != *seen || (was_written && !is_written())) {
                return now;
            }
            last = now;
        }
    }

    /// Looks at the files from which the book is made. What a run keeps while it measures is no result yet.
    fn look(&self, project: &Project, before: &Snapshot) -> Snapshot {
        let sources = SOURCES.map(|path| project.root.join(path));
        let results = store::list(&self.results).unwrap_or_default();
        Snapshot::take(sources.into_iter().chain(results), before)
    }
}

/// Time between two looks at the sources.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// What the book is made of, from the top folder.
const SOURCES: [&str; 8] = [
    "crates",
    "go",
    "tests",
    "README.md",
    "METHODOLOGY.md",
    "BIAS.md",
    "CONTRIBUTING.md",
    "Cargo.toml",
];

/// What this program is made of: it goes on as it was built.
const OWN: [&str; 5] = [
    "crates/book",
    "crates/lab-judge/src",
    "crates/lab-results/src",
    "crates/lab-verify/src",
    "crates/lab-workspace/src",
];

//! `cargo book` writes the book into `target/book`.
#![forbid(unsafe_code)]

use std::{path::Path, path::PathBuf, process::ExitCode, thread, time::Duration, time::SystemTime};

use anyhow::Result;
use clap::Parser;
use lab_workspace::project::Project;

/// Writes the book: both languages in two columns, with what they did and what it cost.
#[derive(Parser)]
#[command(name = "book", bin_name = "cargo book", version)]
struct Arguments {
    /// The folder of the results, of which the newest is shown.
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,
    /// The folder of the book; `target/book` if none is named.
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Writes the pictures that README shows, too: a chapter, and a plot of the reference.
    #[arg(long)]
    pictures: bool,
    /// Shows the book on this machine, and writes it again when something changes.
    #[arg(long)]
    serve: bool,
    /// The port on which it is shown.
    #[arg(long, default_value_t = 3000)]
    port: u16,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let project = Project::find()?;
    let folder = match &arguments.into {
        Some(folder) => project.root.join(folder),
        None => project.target().join("book"),
    };
    let results = project.root.join(&arguments.results);
    // What changes while the book is written belongs to the next one.
    let begun = SystemTime::now();
    book::write(&project, &folder, &results)?;
    if arguments.pictures {
        let is_drawn = book::pictures::write(&project, &folder)?;
        if !is_drawn {
            eprintln!("no plot is drawn: there is no reference yet, whose figures README shows");
        }
    }
    println!("{}", folder.join("index.html").display());
    if arguments.serve {
        let served = folder.clone();
        let port = arguments.port;
        thread::spawn(move || {
            if let Err(error) = book::serve::serve(&served, port) {
                eprintln!("error: {error:#}");
                std::process::exit(1);
            }
        });
        follow(&project, &folder, &results, begun);
    }
    Ok(())
}

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

/// Writes the book again whenever a source is younger than it, which began at this time.
fn follow(project: &Project, folder: &Path, results: &Path, begun: SystemTime) {
    let mut seen = begun;
    let is_younger = |paths: &[&str], seen| {
        let mut paths = paths.iter().map(|path| project.root.join(path));
        paths.any(|path| youngest(&path) > seen)
    };
    loop {
        thread::sleep(Duration::from_secs(1));
        if is_younger(&SOURCES, seen) || youngest(results) > seen {
            if is_younger(&OWN, seen) {
                println!("the book's own code or style changed: restart to see it");
            }
            seen = SystemTime::now();
            match Project::at(&project.root)
                .and_then(|project| book::write(&project, folder, results))
            {
                Ok(()) => println!("written again"),
                Err(error) => eprintln!("error: {error:#}"),
            }
        }
    }
}

fn youngest(path: &Path) -> SystemTime {
    let Ok(about) = path.metadata() else {
        return SystemTime::UNIX_EPOCH;
    };
    let inner = std::fs::read_dir(path)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| youngest(&entry.path()));
    inner
        .chain(about.modified())
        .max()
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

//! `cargo book` writes the book into `target/book`.
#![forbid(unsafe_code)]

use std::{path::PathBuf, process::ExitCode, thread, time::Duration, time::SystemTime};

use anyhow::Result;
use clap::Parser;
use lab::project::Project;

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
    /// Writes the pictures and the ledger that README shows, too.
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
    book::write(&project, &folder, &results)?;
    if arguments.pictures {
        book::pictures::write(&project, &folder, &results)?;
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
        follow(&project, &folder, &results);
    }
    Ok(())
}

/// Writes the book again whenever a source is younger than it.
fn follow(project: &Project, folder: &std::path::Path, results: &std::path::Path) {
    let mut seen = SystemTime::now();
    loop {
        thread::sleep(Duration::from_secs(1));
        let folders = ["crates", "go", "tests"].map(|folder| project.root.join(folder));
        if folders.iter().any(|folder| youngest(folder) > seen) || youngest(results) > seen {
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

fn youngest(path: &std::path::Path) -> SystemTime {
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

//! The catalogue of measured cases, as `lab plan --all` prints it and as the book shows it: what each does,
//! its size, the sizes and settings that claims name, the exact commands of both sides.

use std::{collections::BTreeSet, fmt};

use anyhow::Result;

use lab_results::{
    build_metrics::TOPIC,
    cases::{arguments, is_load},
    query::{Case, Query, itself},
    result::ResultFile,
    scenario::{self, Scenario},
    settings::{self, DEFAULT},
};
use lab_workspace::{
    command_line::command_line, cores, language::Language, programs::Folders, project::Project,
};

use crate::{claims::Claims, figures::Results};

/// A case in the catalogue.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The case.
    pub case: Case,
    /// Its own size with nothing set; more where more is planned.
    pub sizes: Vec<Size>,
    /// The sizes and settings that claims name besides.
    pub named: Vec<String>,
}

/// A size of a case.
#[derive(Debug, Clone)]
pub struct Size {
    /// The size; none where only the programs know the case's own.
    pub scale: Option<u64>,
    /// The commands, as one would type them in the top folder: Go's, Rust's.
    pub commands: [String; 2],
}

impl Entry {
    /// Its name and its unit.
    pub fn head(&self) -> String {
        format!("{} ({})", self.name(), self.case.unit)
    }

    /// Its name.
    pub fn name(&self) -> String {
        format!("{}/{}", self.case.topic, self.case.name)
    }

    /// What else of it claims name, if they do.
    pub fn named_by_claims(&self) -> Option<String> {
        let named = self.named.join(", ");
        (!named.is_empty()).then(|| format!("claims name: {named}"))
    }
}

impl Size {
    /// It in words.
    pub fn at(&self) -> String {
        match self.scale {
            Some(scale) => format!("at {scale}"),
            None => "at its own size".to_owned(),
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.head(), self.case.says)?;
        for size in &self.sizes {
            let [go, rust] = &size.commands;
            writeln!(f, "  {}\n    {go}\n    {rust}", size.at())?;
        }
        match self.named_by_claims() {
            Some(named) => writeln!(f, "  {named}"),
            None => Ok(()),
        }
    }
}

/// What is measured of the programs themselves, and the command that does.
pub fn of_programs() -> [String; 2] {
    [
        format!(
            "{TOPIC}: the smallest program of each language, and the programs of each pair: size, start, \
             idle memory, building, lines and tokens"
        ),
        format!("cargo lab measure --only {TOPIC}"),
    ]
}

/// The sizes and settings of a case that claims name besides its own size with nothing set.
pub fn named(all: &BTreeSet<Query>, topic: &str, case: &str) -> Vec<String> {
    let itself = format!("{topic}/{case}");
    let rest = |query: &Query| {
        let query = query.to_string();
        let rest = query.strip_prefix(&itself)?;
        rest.starts_with(['@', ' ']).then(|| rest.trim().to_owned())
    };
    all.iter().filter_map(rest).collect()
}

/// These cases as far as they are known without trying any: at the size that results have.
pub fn known(
    project: &Project,
    cases: Vec<Case>,
    claims: &Claims,
    files: &[ResultFile],
) -> Result<Vec<Entry>> {
    let mut all = BTreeSet::new();
    for claim in &claims.claim {
        all.extend(claim.queries()?);
    }
    let entry = |case: Case| {
        let named = named(&all, &case.topic, &case.name);
        let own = itself(&case.topic, &case.name);
        let found = Results::new(files).find(&own);
        let scale = found.map(|measurement| measurement.key.scale);
        let samples = found
            .and_then(|measurement| measurement.blocks.first())
            .map_or(1, |block| block.go.samples.len() as u64);
        // What this system cannot start has no commands.
        let commands = commands(project, &Query { scale, ..own }, samples).ok();
        Entry {
            case,
            sizes: commands
                .map(|commands| Size { scale, commands })
                .into_iter()
                .collect(),
            named,
        }
    };
    Ok(cases.into_iter().map(entry).collect())
}

/// Both commands of what needs no trial: nothing in it is set by what lives.
fn commands(project: &Project, query: &Query, samples: u64) -> Result<[String; 2]> {
    let folders = Folders::locate(project);
    let root = &project.root;
    let mut shown = Vec::new();
    for side in [Language::Go, Language::Rust] {
        let build = settings::get(side, DEFAULT)?.build;
        let program = folders.program(Some(build), &query.topic);
        shown.push(if is_load(query) {
            let point = Scenario::parse(&query.case)?;
            let cores = cores::share(&cores::all()?, false, point.shared);
            let environment = point.environment(side);
            let arguments = point.arguments(query.scale.unwrap_or(scenario::LIVE));
            command_line(&cores.server, &environment, &program, &arguments, root)
        } else {
            let arguments = arguments(&query.case, query.scale, samples);
            command_line(&[], &[], &program, &arguments, root)
        });
    }
    let [go, rust] = <[String; 2]>::try_from(shown).expect("one for each language");
    Ok([go, rust])
}

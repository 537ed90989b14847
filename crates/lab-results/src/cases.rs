//! The catalogue of cases: those that the programs list, and the server scenarios.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use lab_workspace::{
    environment,
    programs::{self, Programs},
    project::Project,
    run_limited::{self, End},
};

use crate::{
    query::{Case, Query},
    scenario,
};

/// All cases of all topics: those that the built programs list, and the server scenarios.
pub fn catalogue(project: &Project) -> Result<Vec<Case>> {
    let folder = Programs::locate(project).rust;
    let mut cases = Vec::new();
    for topic in &project.topics {
        let program = programs::program(&folder, &topic.name);
        let mut command = environment::program(&program);
        let outcome = run_limited::run(command.arg("cases"), Duration::from_secs(20))
            .with_context(|| format!("cannot run {}", program.display()))?;
        ensure!(
            outcome.end == End::Exit(0),
            "{} cases: {}",
            program.display(),
            outcome.end
        );
        for line in String::from_utf8_lossy(&outcome.stdout).lines() {
            let mut words = line.split('\t').map(str::to_owned);
            let mut word = || {
                words
                    .next()
                    .with_context(|| format!("{} cases: {line:?}", program.display()))
            };
            let (name, unit, says) = (word()?, word()?, word()?);
            cases.push(Case {
                topic: topic.name.clone(),
                name,
                unit,
                says,
            });
        }
        if topic.name == scenario::TOPIC {
            cases.extend(scenario::cases());
        }
    }
    Ok(cases)
}

/// Whether a query is a server scenario.
pub fn is_load(query: &Query) -> bool {
    scenario::is_load(&query.topic, &query.case)
}

/// The arguments with which a program measures a case.
pub fn arguments(case: &str, scale: Option<u64>, samples: u64) -> Vec<String> {
    let mut arguments = vec!["measure".to_owned(), case.to_owned()];
    if let Some(scale) = scale {
        arguments.extend(["--scale".to_owned(), scale.to_string()]);
    }
    arguments.extend(["--samples".to_owned(), samples.to_string()]);
    arguments
}

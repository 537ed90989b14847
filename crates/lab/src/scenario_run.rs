//! Measures server scenarios that a user names: `lab point` and `lab sweep`.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use anyhow::{Result, bail};
use lab_bench::{
    load::{self, ServerScenario, effort::Effort},
    measure::{Lab, fits, machine},
    scheduler::Scheduler,
};
use lab_results::{
    query::Query,
    result::{Mode, Request, ResultFile, Skipped},
    scenario,
    store::Store,
};
use lab_workspace::project::Project;

use crate::{
    begin_measurement::{begin, describe_recovery},
    command::{note, shown},
    progress_bar::Bar,
    resume,
    started_as::StartedAs,
};

/// Blocks of a scenario.
pub const BLOCKS: usize = 5;

/// Scenarios that a user names, measured in blocks with one effort.
pub struct ScenarioRun {
    pub mode: Mode,
    pub queries: Vec<Query>,
    pub partition: Option<[usize; 2]>,
    pub effort: Effort,
    pub resume: bool,
    /// Whether the run is a part of the reference.
    pub reference: bool,
    /// The folder of the results.
    pub results: PathBuf,
}

impl ScenarioRun {
    /// Measures them; returns the result and its path, or `None` if the run was stopped.
    pub fn measure(
        &self,
        project: &Project,
        stopped: &AtomicBool,
    ) -> Result<Option<(ResultFile, PathBuf)>> {
        let bar = Bar::new();
        bar.say("building");
        let lab = Lab::open(project, &self.queries)?;
        let mut scenarios = Vec::new();
        for query in &self.queries {
            if let Some(Skipped { query, why, .. }) = load::refused(&lab, query)? {
                bail!("{query} cannot be measured: {why}");
            }
            let program = |build| lab.program(build, scenario::TOPIC);
            scenarios.push(ServerScenario::new(program, query, self.effort, BLOCKS)?);
        }
        let store = Store::open(&self.results)?;
        for line in describe_recovery(&store.recover()?) {
            note(&line);
        }
        let mut journal = store.begin(self.initial_result(project, &lab)?)?;
        let missing = |scenario: &ServerScenario| {
            let known = journal.measurement(&scenario.key);
            let done = known.map_or(0, |m| m.blocks.len());
            BLOCKS.saturating_sub(done) as u32
        };
        let takes: Duration = scenarios
            .iter()
            .map(|scenario| scenario.cost() * missing(scenario))
            .sum();
        let takes = Duration::from_secs(takes.as_secs());
        note(&format!(
            "This takes about {}.",
            humantime::format_duration(takes)
        ));
        bar.say("touching memory");
        load::touch_memory(&scenarios);
        let scheduler = Scheduler {
            stopped,
            listener: &bar,
        };
        let share = load::share(&scenarios, None, stopped);
        scheduler.run(vec![share], &mut journal)?;
        bar.finish();
        journal.found.complete = !stopped.load(Relaxed);
        let found = journal.found.clone();
        let path = store.end(journal)?;
        for left in &found.skipped {
            note(&format!("{}: not measured: {}", left.query, left.why));
        }
        if !found.complete {
            let (shown, resume) = (shown(&path), StartedAs::find(None).resume());
            let says = format!("Stopped: {shown} keeps what was measured; {resume} continues.");
            note(&says);
            return Ok(None);
        }
        Ok(Some((found, path)))
    }

    /// An empty result, or the stopped one that the run continues.
    fn initial_result(&self, project: &Project, lab: &Lab) -> Result<ResultFile> {
        let request = Request {
            mode: self.mode,
            only: self.queries.iter().map(ToString::to_string).collect(),
            settings: Vec::new(),
            scale: None,
            blocks: Some(BLOCKS),
            partition: self.partition,
            reference: self.reference,
        };
        let machine = machine::machine(project);
        if self.resume {
            let old = resume::unfinished(
                &self.results,
                &request,
                |found| fits(found, &request, &lab.hashes, &machine),
                StartedAs::find(None).command(),
                note,
            )?;
            if let Some(found) = old {
                return Ok(found);
            }
        }
        let seed = fastrand::u64(..1 << 32);
        begin(project, lab, request, machine, seed)
    }
}

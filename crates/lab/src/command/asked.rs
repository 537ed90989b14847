//! Points of load that somebody asks for.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use anyhow::{Result, bail};
use lab_bench::{
    load::{self, Scenario, effort::Effort},
    measure::{Lab, fits, machine},
    schedule::Scheduler,
};
use lab_results::{
    points,
    query::Wanted,
    result::{LeftOut, Request, ResultFile},
    store::Store,
};
use lab_workspace::project::Project;

use super::{
    bar::Bar,
    begin::{became, begin},
    note, resume, shown,
    way::Way,
};

/// The blocks of a point.
pub const BLOCKS: usize = 5;

/// Points that somebody asks for, measured in blocks of one effort.
pub struct Asked {
    pub mode: &'static str,
    pub wanted: Vec<Wanted>,
    pub partition: Option<[usize; 2]>,
    pub effort: Effort,
    pub resume: bool,
    /// Whether it is a part of the reference.
    pub reference: bool,
    /// The folder of the results.
    pub results: PathBuf,
}

impl Asked {
    /// Measures them; what was found and where it lies, or nothing if somebody stopped it.
    pub fn measured(
        &self,
        project: &Project,
        stopped: &AtomicBool,
    ) -> Result<Option<(ResultFile, PathBuf)>> {
        let bar = Bar::new();
        bar.say("building");
        let lab = Lab::open(project, &self.wanted)?;
        let mut scenarios = Vec::new();
        for wanted in &self.wanted {
            if let Some(LeftOut { subject, why, .. }) = load::refused(&lab, wanted)? {
                bail!("{subject} cannot be measured: {why}");
            }
            let program = |build| lab.program(build, points::TOPIC);
            scenarios.push(Scenario::new(program, wanted, self.effort, BLOCKS)?);
        }
        let store = Store::open(&self.results)?;
        for line in became(&store.recover()?) {
            note(&line);
        }
        let mut journal = store.begin(self.begun(project, &lab)?)?;
        let missing = |scenario: &Scenario| {
            let done = journal.of(&scenario.subject).map_or(0, |m| m.blocks.len());
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
        for left in &found.left_out {
            note(&format!("{}: not measured: {}", left.subject, left.why));
        }
        if !found.complete {
            let (shown, resume) = (shown(&path), Way::find(None).resume());
            let says = format!("Stopped: {shown} keeps what was measured; {resume} continues.");
            note(&says);
            return Ok(None);
        }
        Ok(Some((found, path)))
    }

    /// An empty result, or the one that goes on.
    fn begun(&self, project: &Project, lab: &Lab) -> Result<ResultFile> {
        let request = Request {
            mode: self.mode.to_owned(),
            only: self.wanted.iter().map(ToString::to_string).collect(),
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
                Way::find(None).command(),
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

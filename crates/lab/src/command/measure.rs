use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Instant,
};

use anyhow::Result;
use clap::Args;
use lab::server_tables::table::table as load_table;
use lab_bench::{
    load::{self, ServerScenario},
    measure::{Calibrated, Lab, build_metrics::Sources, case, fits, machine},
    scheduler::Scheduler,
};
use lab_results::{
    build_metrics::is_build_metric,
    layout,
    result::{Machine, ResultFile, SkipReason, Skipped},
    store::{self, Journal, Store},
    table, warnings,
};
use lab_verify::source::Source;
use lab_workspace::{environment::user_configuration, project::Project};

use super::{
    note, print, print_fitted,
    reference::{Part, committed},
    shown,
    sweep::Sweep,
};
use crate::{
    begin_measurement::{STOPPED, begin, describe_recovery, stopped},
    progress_bar::Bar,
    resume,
    selection::{Choose, Chosen},
    started_as::StartedAs,
};

/// Measures both languages of the pairs in interleaved blocks of fresh processes.
#[derive(Args)]
pub struct Measure {
    #[command(flatten)]
    choose: Choose,
    /// Measure again, even if a result of the same question exists.
    #[arg(long)]
    fresh: bool,
    /// Continue the newest stopped run; without one, a new run begins.
    #[arg(long, conflicts_with = "fresh")]
    resume: bool,
    /// Continue a stopped run if its programs are unchanged; otherwise a new run begins.
    #[arg(long, hide = true, conflicts_with_all = ["fresh", "resume"])]
    go_on: bool,
    /// The command that started this one, to which `--resume` is added.
    #[arg(long, hide = true, value_name = "COMMAND")]
    started_as: Option<String>,
    /// Folder of the results; by default `results` in the top folder.
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Seed of all random orders.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

impl Measure {
    pub fn run(&self) -> Result<ExitCode> {
        if self.choose.reference == Some(Part::Map) {
            return Sweep::of_reference(self.resume, self.results.clone()).run();
        }
        let stopped = stopped()?;
        match self.measure(&stopped) {
            // A process that was stopped together with the lab has not failed.
            Err(_) if stopped.load(Relaxed) => {
                note("Stopped before anything was measured.");
                Ok(ExitCode::from(STOPPED))
            }
            done => done,
        }
    }

    fn measure(&self, stopped: &AtomicBool) -> Result<ExitCode> {
        let project = Project::find()?;
        if !cfg!(target_os = "linux") {
            print("Measuring needs Linux: nothing was measured. The book shows the reference.")?;
            return Ok(ExitCode::SUCCESS);
        }
        let bar = Bar::new();
        if let Some(line) = ignored_settings(&project) {
            bar.say_above(&line);
        }
        bar.say("building");
        let chosen = self.choose.chosen(&project)?;
        if chosen.queries.is_empty() {
            print(
                "Nothing was measured: --partition has more shares than there are cases, and this share is empty.",
            )?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut lab = Lab::open(&project, &chosen.queries)?;
        let begun = Instant::now();
        let machine = machine::machine(&project);
        let folder = project.results(self.results.as_deref())?;
        let store = Store::open(&folder)?;
        for line in describe_recovery(&store.recover()?) {
            bar.say_above(&line);
        }
        let started_as = StartedAs::find(self.started_as.as_deref());
        let search = EarlierSearch {
            started_as: &started_as,
            chosen: &chosen,
            lab: &lab,
            machine: &machine,
            folder: &folder,
            bar: &bar,
        };
        let found = match self.find_earlier(&search)? {
            Earlier::Complete(path, found) => {
                bar.finish();
                return report_complete(&path, &found, &started_as);
            }
            Earlier::Stopped(found) => found,
            Earlier::None => {
                let seed = self.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
                begin(&project, &lab, chosen.request.clone(), machine, seed)?
            }
        };
        let (calibrated, mut skipped) = chosen.preflight(&mut lab, &bar, stopped)?;
        let (scenarios, without) = chosen.load(&lab)?;
        skipped.extend(without);
        let mut journal = store.begin(ResultFile { skipped, ..found })?;
        let work = (calibrated, scenarios);
        let watch = (stopped, &bar);
        run_blocks(&project, &chosen, &lab, work, begun, watch, &mut journal)?;
        bar.finish();
        let is_stopped = stopped.load(Relaxed);
        end(&project, &store, journal, is_stopped, &started_as)
    }

    /// Finds an earlier result of the same request that the options allow.
    fn find_earlier(&self, search: &EarlierSearch) -> Result<Earlier> {
        if self.resume
            && let Some(found) = search.stopped()?
        {
            return Ok(search.continued(found));
        }
        if !self.fresh
            && let Some((path, found)) = search.complete()?
        {
            return Ok(Earlier::Complete(path, found));
        }
        // A run of other programs cannot be continued.
        if self.go_on
            && let Some(found) = search.stopped().ok().flatten()
        {
            return Ok(search.continued(found));
        }
        Ok(Earlier::None)
    }
}

/// An earlier result of the same request.
enum Earlier {
    /// Complete: nothing has to be measured.
    Complete(PathBuf, ResultFile),
    /// Stopped: the run continues it.
    Stopped(ResultFile),
    None,
}

/// Reports a complete earlier result, in place of a measurement.
fn report_complete(path: &Path, found: &ResultFile, started_as: &StartedAs) -> Result<ExitCode> {
    print(&closing(path, found))?;
    let fresh = started_as.fresh();
    print_fitted(&format!(
        "This result answers the same question; {fresh} measures again."
    ))?;
    Ok(ExitCode::from(u8::from(is_bad(found))))
}

/// Takes blocks of cases, scenarios and build metrics, into the journal.
fn run_blocks(
    project: &Project,
    chosen: &Chosen,
    lab: &Lab,
    (calibrated, scenarios): (Vec<Calibrated>, Vec<ServerScenario>),
    begun: Instant,
    (stopped, bar): (&AtomicBool, &Bar),
    journal: &mut Journal,
) -> Result<()> {
    let blocks = chosen.request.blocks;
    let sources = if chosen.queries.iter().any(is_build_metric) {
        Some(Sources::new(project, taught)?)
    } else {
        None
    };
    let budget = (chosen.budget, || begun.elapsed());
    let cases = case::share(lab, calibrated, blocks, budget, (stopped, bar), journal)?;
    let time = blocks.is_none().then(|| chosen.load_budget());
    let load = load::share(&scenarios, time, stopped);
    let build_metrics = sources.as_ref().map(|sources| sources.share(journal));
    if !scenarios.is_empty() {
        bar.say("touching memory");
        load::touch_memory(&scenarios);
    }
    let shares = [cases, load].into_iter().chain(build_metrics).collect();
    let scheduler = Scheduler {
        stopped,
        listener: bar,
    };
    scheduler.run(shares, journal)
}

fn end(
    project: &Project,
    store: &Store,
    mut journal: Journal,
    stopped: bool,
    started_as: &StartedAs,
) -> Result<ExitCode> {
    journal.found.complete = !stopped;
    let found = journal.found.clone();
    let path = store.end(journal)?;
    print(&closing(&path, &found))?;
    if stopped {
        let blocks = layout::count(blocks(&found), "block");
        let (path, resume) = (shown(&path), started_as.resume());
        let says = format!("Stopped: {path} keeps {blocks}; {resume} continues.");
        note(&says);
        return Ok(ExitCode::from(STOPPED));
    }
    if found.request.reference {
        print(&committed(project, &path, &found)?)?;
    }
    Ok(ExitCode::from(u8::from(is_bad(&found))))
}

/// The number of blocks of a result.
fn blocks(found: &ResultFile) -> usize {
    found.measurements.iter().map(|m| m.blocks.len()).sum()
}

/// A search for an earlier result of the same request.
struct EarlierSearch<'a> {
    started_as: &'a StartedAs,
    chosen: &'a Chosen,
    lab: &'a Lab<'a>,
    machine: &'a Machine,
    folder: &'a Path,
    bar: &'a Bar,
}

impl EarlierSearch<'_> {
    /// The newest complete result that fits.
    fn complete(&self) -> Result<Option<(PathBuf, ResultFile)>> {
        for path in store::list(self.folder)? {
            // An unreadable file is skipped here; its reader reports why.
            if let Ok(found) = store::read(&path)
                && found.complete
                && self.fits(&found).is_ok()
            {
                return Ok(Some((path, found)));
            }
        }
        Ok(None)
    }

    /// The newest stopped result that fits.
    fn stopped(&self) -> Result<Option<ResultFile>> {
        resume::unfinished(
            self.folder,
            &self.chosen.request,
            |found| self.fits(found),
            &self.started_as.fresh(),
            |why| self.bar.say_above(why),
        )
    }

    /// Says that the run continues a stopped one.
    fn continued(&self, found: ResultFile) -> Earlier {
        let blocks = layout::count(blocks(&found), "block");
        self.bar.say_above(&format!(
            "Continues the run that was stopped: {blocks} kept."
        ));
        Earlier::Stopped(found)
    }

    fn fits(&self, found: &ResultFile) -> Result<(), &'static str> {
        fits(found, &self.chosen.request, &self.lab.hashes, self.machine)
    }
}

/// Whether something could not be measured that should have been: the run then ends with exit code 1.
fn is_bad(found: &ResultFile) -> bool {
    let bad = |left: &Skipped| matches!(left.reason, SkipReason::Answers | SkipReason::Failed);
    found.skipped.iter().any(bad)
}

/// The table, skipped queries, warnings, and the path of the result.
fn closing(path: &Path, found: &ResultFile) -> String {
    let mut text = table::table(found, layout::width());
    text += &load_table(&found.measurements, layout::width());
    let width = layout::prose_width();
    for Skipped { query, why, .. } in &found.skipped {
        let line = format!("{query}: not measured: {why}");
        let _ = writeln!(text, "{}", layout::fit(&line, width));
    }
    text.push('\n');
    for line in warnings::all(found) {
        let _ = writeln!(text, "{}", layout::fit(&line, width));
    }
    let _ = write!(text, "Result: {}", shown(path));
    text
}

/// The user's settings that do not apply to measured programs, in one line.
fn ignored_settings(project: &Project) -> Option<String> {
    let all = user_configuration::ignored(&project.root);
    (!all.is_empty()).then(|| {
        format!(
            "Ignored, because the timed programs have flags of their own: {}.",
            all.join(", ")
        )
    })
}

/// The tokens and the lines of code of a source below the top folder.
fn taught(root: &Path, source: &Path) -> Result<[usize; 2]> {
    let source = Source::read(root, source)?;
    Ok([source.tokens().len(), source.code_lines()])
}

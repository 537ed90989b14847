use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Instant,
};

use anyhow::Result;
use clap::Args;
use lab::under_load::table::table as load_table;
use lab_bench::{
    load::{self, Scenario},
    measure::{Calibrated, Lab, build_metrics::Sources, case, fits, machine},
    schedule::Scheduler,
};
use lab_results::{
    built::is_built,
    doubts, layout,
    result::{Because, LeftOut, Machine, ResultFile},
    store::{self, Journal, Store},
    table,
};
use lab_verify::source::Source;
use lab_workspace::{environment::set_aside, project::Project};

use super::{
    bar::Bar,
    begin::{STOPPED, became, begin, stopped},
    choose::{Choose, Chosen},
    note, print, print_fitted,
    reference::{Part, committed},
    resume, shown,
    sweep::Sweep,
    way::Way,
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
            // What was stopped together with the lab is no failure.
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
            print(
                "Measuring needs Linux: nothing was measured. The book shows the reference.",
            )?;
            return Ok(ExitCode::SUCCESS);
        }
        let bar = Bar::new();
        if let Some(line) = set_aside(&project) {
            bar.say_above(&line);
        }
        bar.say("building");
        let chosen = self.choose.chosen(&project)?;
        if chosen.wanted.is_empty() {
            print("Nothing was measured: --partition has more shares than there are cases, and this share is empty.")?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut lab = Lab::open(&project, &chosen.wanted)?;
        let begun = Instant::now();
        let machine = machine::machine(&project);
        let folder = project.results(self.results.as_deref())?;
        let store = Store::open(&folder)?;
        for line in became(&store.recover()?) {
            bar.say_above(&line);
        }
        let way = Way::find(self.started_as.as_deref());
        let question = Question {
            way: &way,
            chosen: &chosen,
            lab: &lab,
            machine: &machine,
            folder: &folder,
            bar: &bar,
        };
        let mut old = if self.resume {
            question.unfinished()?
        } else {
            None
        };
        if !self.fresh
            && old.is_none()
            && let Some((path, found)) = question.answered()?
        {
            bar.finish();
            print(&closing(&path, &found))?;
            let fresh = way.fresh();
            print_fitted(&format!("This result answers the same question; {fresh} measures again."))?;
            return Ok(ExitCode::from(u8::from(is_bad(&found))));
        }
        if self.go_on {
            // A run of other programs is none to go on with.
            old = question.unfinished().ok().flatten();
        }
        if let Some(found) = &old {
            let blocks = layout::count(blocks(found), "block");
            bar.say_above(&format!(
                "Continues the run that was stopped: {blocks} kept."
            ));
        }
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
        let found = match old {
            Some(found) => found,
            None => begin(&project, &lab, chosen.request.clone(), machine, seed)?,
        };
        let (ready, mut left_out) = chosen.ready(&mut lab, &bar, stopped)?;
        let (scenarios, without) = chosen.load(&lab)?;
        left_out.extend(without);
        let mut journal = store.begin(ResultFile { left_out, ..found })?;
        let ready = (ready, scenarios);
        let told = (stopped, &bar);
        run_blocks(&project, &chosen, &lab, ready, begun, told, &mut journal)?;
        bar.finish();
        end(&project, &store, journal, stopped.load(Relaxed), &way)
    }
}

/// Takes blocks of all that is ready, into the journal.
fn run_blocks(
    project: &Project,
    chosen: &Chosen,
    lab: &Lab,
    (ready, scenarios): (Vec<Calibrated>, Vec<Scenario>),
    begun: Instant,
    (stopped, bar): (&AtomicBool, &Bar),
    journal: &mut Journal,
) -> Result<()> {
    let blocks = chosen.request.blocks;
    let sources = if chosen.wanted.iter().any(is_built) {
        Some(Sources::new(project, taught)?)
    } else {
        None
    };
    let budget = (chosen.budget, || begun.elapsed());
    let cases = case::share(lab, ready, blocks, budget, (stopped, bar), journal)?;
    let time = blocks.is_none().then(|| chosen.load_budget());
    let load = load::share(&scenarios, time, stopped);
    let built = sources.as_ref().map(|sources| sources.share(journal));
    if !scenarios.is_empty() {
        bar.say("touching memory");
        load::touch_memory(&scenarios);
    }
    let shares = [cases, load].into_iter().chain(built).collect();
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
    way: &Way,
) -> Result<ExitCode> {
    journal.found.complete = !stopped;
    let found = journal.found.clone();
    let path = store.end(journal)?;
    print(&closing(&path, &found))?;
    if stopped {
        let blocks = layout::count(blocks(&found), "block");
        let (path, resume) = (shown(&path), way.resume());
        let says = format!("Stopped: {path} keeps {blocks}; {resume} continues.");
        note(&says);
        return Ok(ExitCode::from(STOPPED));
    }
    if found.request.reference {
        print(&committed(project, &path, &found)?)?;
    }
    Ok(ExitCode::from(u8::from(is_bad(&found))))
}

/// How many blocks a result has.
fn blocks(found: &ResultFile) -> usize {
    found.measurements.iter().map(|m| m.blocks.len()).sum()
}

/// A question, and where answers to it may lie.
struct Question<'a> {
    way: &'a Way,
    chosen: &'a Chosen,
    lab: &'a Lab<'a>,
    machine: &'a Machine,
    folder: &'a Path,
    bar: &'a Bar,
}

impl Question<'_> {
    /// The newest whole result that fits.
    fn answered(&self) -> Result<Option<(PathBuf, ResultFile)>> {
        for path in store::list(self.folder)? {
            // A file that cannot be read is no answer; who reads it is told why.
            if let Ok(found) = store::read(&path)
                && found.complete
                && self.fits(&found).is_ok()
            {
                return Ok(Some((path, found)));
            }
        }
        Ok(None)
    }

    /// The newest result of a run that was stopped and fits.
    fn unfinished(&self) -> Result<Option<ResultFile>> {
        resume::unfinished(
            self.folder,
            &self.chosen.request,
            |found| self.fits(found),
            &self.way.fresh(),
            |why| self.bar.say_above(why),
        )
    }

    fn fits(&self, found: &ResultFile) -> Result<(), &'static str> {
        fits(found, &self.chosen.request, &self.lab.hashes, self.machine)
    }
}

/// A run ends with 1 if something could not be measured that should have been.
fn is_bad(found: &ResultFile) -> bool {
    let bad = |left: &LeftOut| matches!(left.because, Because::Answers | Because::Failed);
    found.left_out.iter().any(bad)
}

/// The table, what was left out, what is doubtful, and where it lies.
fn closing(path: &Path, found: &ResultFile) -> String {
    let mut text = table::table(found, layout::width());
    text += &load_table(&found.measurements, layout::width());
    let width = layout::prose_width();
    for LeftOut { subject, why, .. } in &found.left_out {
        let line = format!("{subject}: not measured: {why}");
        let _ = writeln!(text, "{}", layout::fit(&line, width));
    }
    text.push('\n');
    for line in doubts::all(found) {
        let _ = writeln!(text, "{}", layout::fit(&line, width));
    }
    let _ = write!(text, "Result: {}", shown(path));
    text
}

/// What of the user's settings counts for nothing in what is measured, in one line.
fn set_aside(project: &Project) -> Option<String> {
    let all = set_aside::all(&project.root);
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

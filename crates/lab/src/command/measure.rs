use std::{
    env,
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool, atomic::Ordering::Relaxed},
    time::{Instant, SystemTime},
};

use anyhow::{Context as _, Result};
use clap::Args;
use lab::under_load::table::table as load_table;
use lab_bench::{
    load,
    measure::{Lab, Session, built, fits, machine},
};
use lab_results::{
    built::is_built,
    doubts,
    result::{Because, LeftOut, Machine, Request, ResultFile, SCHEMA},
    store::{self, Journal, Recovered, Store},
    table,
};
use lab_verify::source::Source;
use lab_workspace::project::Project;

use super::{
    Usage,
    bar::Bar,
    choose::{Choose, Chosen},
    columns, note, print, shown,
};

/// The exit code of a lab that somebody stopped.
const STOPPED: u8 = 130;

/// Measures both sides of the pairs, in blocks, each side in fresh processes.
#[derive(Args)]
pub struct Measure {
    #[command(flatten)]
    choose: Choose,
    /// Measures anew, though a result fits.
    #[arg(long)]
    fresh: bool,
    /// Goes on with the newest run that was stopped; where there is none, one begins.
    #[arg(long, conflicts_with = "fresh")]
    resume: bool,
    /// The folder of the results; `results` in the top folder if none is named.
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// The seed of all random orders.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

impl Measure {
    pub fn run(&self) -> Result<ExitCode> {
        let stopped = stopped()?;
        match self.measure(&stopped) {
            // What was stopped together with the lab is no failure.
            Err(_) if stopped.load(Relaxed) => Ok(ExitCode::from(STOPPED)),
            done => done,
        }
    }

    fn measure(&self, stopped: &AtomicBool) -> Result<ExitCode> {
        let project = Project::find()?;
        let bar = Bar::new();
        bar.say("building");
        let chosen = self.choose.chosen(&project)?;
        if chosen.wanted.is_empty() {
            print("There are more shares than cases: this one is empty.")?;
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
        let question = Question {
            chosen: &chosen,
            lab: &lab,
            machine: &machine,
            folder: &folder,
            bar: &bar,
        };
        let old = if self.resume {
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
            print("This result still fits; --fresh measures anew.")?;
            return Ok(ExitCode::from(u8::from(is_bad(&found))));
        }
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
        let found = match old {
            Some(found) => found,
            None => begin(&project, &lab, chosen.request.clone(), machine, seed)?,
        };
        let (ready, mut left_out) = chosen.ready(&mut lab, &bar, stopped)?;
        let (jobs, without) = chosen.load(&lab)?;
        left_out.extend(without);
        let mut journal = store.begin(ResultFile { left_out, ..found })?;
        if chosen.wanted.iter().any(is_built) {
            let session = built::Session {
                taught,
                project: &project,
                stopped,
                listener: &bar,
            };
            session.run(&mut journal)?;
        }
        let session = Session {
            lab: &lab,
            request: &chosen.request,
            budget: chosen.budget,
            begun,
            stopped,
            listener: &bar,
        };
        session.run(ready, &mut journal)?;
        let session = load::Session {
            budget: (chosen.request.blocks.is_none()).then(|| load::budget(&chosen.request.mode)),
            stopped,
            listener: &bar,
        };
        session.run(&jobs, &mut journal)?;
        bar.finish();
        end(&store, journal, stopped.load(Relaxed))
    }
}

fn end(store: &Store, mut journal: Journal, stopped: bool) -> Result<ExitCode> {
    journal.found.complete = !stopped;
    let found = journal.found.clone();
    let path = store.end(journal)?;
    print(&closing(&path, &found))?;
    if stopped {
        let blocks: usize = found.measurements.iter().map(|m| m.blocks.len()).sum();
        note(&format!(
            "Stopped: {blocks} blocks are kept in {}; the same command with --resume goes on.",
            shown(&path)
        ));
        return Ok(ExitCode::from(STOPPED));
    }
    Ok(ExitCode::from(u8::from(is_bad(&found))))
}

/// A question, and where answers to it may lie.
struct Question<'a> {
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

    /// The newest result of a run that was stopped and fits; none if the newest of all is whole, or if
    /// nothing was begun.
    fn unfinished(&self) -> Result<Option<ResultFile>> {
        let mut newest = None;
        let warn = |why: &str| self.bar.say_above(why);
        for (path, found) in store::each(self.folder, warn)? {
            if found.request != self.chosen.request {
                continue;
            }
            let fits = self.fits(&found);
            if !found.complete && fits.is_ok() {
                return Ok(Some(found));
            }
            newest.get_or_insert((path, found.complete, fits));
        }
        match newest {
            Some((path, false, Err(why))) => {
                let shown = path.display();
                let why = format!("cannot go on with {shown}: {why}; --fresh measures anew");
                Err(Usage(why).into())
            }
            Some(_) => Ok(None),
            None => {
                let shown = self.folder.display();
                warn(&format!(
                    "There is no run to go on with in {shown}: this one begins anew."
                ));
                Ok(None)
            }
        }
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
    let mut text = table::table(found, columns());
    text += &load_table(&found.measurements);
    for LeftOut { subject, why, .. } in &found.left_out {
        let _ = writeln!(text, "{subject}: not measured: {why}");
    }
    text.push('\n');
    let doubts = [doubts::warning, doubts::resolution, doubts::short_of_blocks];
    for line in doubts.into_iter().filter_map(|doubt| doubt(found)) {
        let _ = writeln!(text, "{line}");
    }
    let _ = write!(text, "Result: {}", shown(path));
    text
}

/// What became of a run that was killed.
pub fn became(recovered: &Recovered) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(path) = &recovered.result {
        lines.push(format!(
            "What a run measured that was killed is kept in {}; --resume goes on with it.",
            shown(path)
        ));
    }
    if let Some((why, path)) = &recovered.damaged {
        lines.push(format!(
            "warning: the journal of a run that was killed is damaged and lies in {} now: lost is {why}.",
            shown(path)
        ));
    }
    lines
}

/// A result that nothing is in yet.
pub fn begin(
    project: &Project,
    lab: &Lab,
    request: Request,
    machine: Machine,
    seed: u64,
) -> Result<ResultFile> {
    Ok(ResultFile {
        schema: SCHEMA,
        command: again(seed),
        request,
        complete: false,
        began: SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)?
            .as_secs(),
        seed,
        machine,
        commit: machine::commit(project),
        hashes: lab.hashes.clone(),
        measurements: Vec::new(),
        left_out: Vec::new(),
    })
}

/// The command that was typed, with the seed that was taken.
fn again(seed: u64) -> String {
    let mut words: Vec<String> = env::args().skip(1).collect();
    if !words.iter().any(|word| word.starts_with("--seed")) {
        words.push(format!("--seed {seed}"));
    }
    format!("cargo lab {}", words.join(" "))
}

/// Set when somebody stops the lab; the second time it ends at once.
pub fn stopped() -> Result<Arc<AtomicBool>> {
    use signal_hook::{consts::TERM_SIGNALS, flag};
    let stopped = Arc::new(AtomicBool::new(false));
    for &signal in TERM_SIGNALS {
        flag::register_conditional_shutdown(signal, STOPPED.into(), Arc::clone(&stopped))
            .and_then(|_| flag::register(signal, Arc::clone(&stopped)))
            .context("cannot listen for signals")?;
    }
    Ok(stopped)
}

/// The tokens and the lines of code of a source below the top folder.
fn taught(root: &Path, source: &Path) -> Result<[usize; 2]> {
    let source = Source::read(root, source)?;
    Ok([source.tokens().len(), source.code_lines()])
}

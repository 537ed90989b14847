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
    load::{self, Scenario},
    measure::{Calibrated, Lab, build_metrics::Sources, case, fits, machine},
    schedule::Scheduler,
};
use lab_results::{
    built::is_built,
    doubts, layout,
    result::{Because, LeftOut, Machine, Request, ResultFile, SCHEMA},
    store::{self, Journal, Recovered, Store},
    table,
};
use lab_verify::source::Source;
use lab_workspace::{
    environment::{self, set_aside},
    group,
    project::Project,
};

use super::{
    bar::Bar,
    choose::{Choose, Chosen},
    note, print, print_fitted,
    reference::{Part, committed},
    resume, shown,
    sweep::Sweep,
    way::{self, Way},
};

/// The exit code of a lab that somebody stopped.
pub const STOPPED: u8 = 130;

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
    /// Goes on with a run that was stopped if its programs are the same; else one begins.
    #[arg(long, hide = true, conflicts_with_all = ["fresh", "resume"])]
    go_on: bool,
    /// The command that started this one, which goes on with `--resume`.
    #[arg(long, hide = true, value_name = "COMMAND")]
    started_as: Option<String>,
    /// The folder of the results; `results` in the top folder if none is named.
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// The seed of all random orders.
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
                "Measuring needs Linux: nothing is measured here; the book shows the reference.",
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
            print_fitted(&format!("This result still fits; {fresh} measures anew."))?;
            return Ok(ExitCode::from(u8::from(is_bad(&found))));
        }
        if self.go_on {
            // A run of other programs is none to go on with.
            old = question.unfinished().ok().flatten();
        }
        if let Some(found) = &old {
            let blocks = layout::count(blocks(found), "block");
            bar.say_above(&format!(
                "Goes on with the run that was stopped: {blocks} kept."
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
        let says = format!("Stopped: {path} keeps {blocks}; {resume} goes on.");
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

/// What became of a run that was killed.
pub fn became(recovered: &Recovered) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some((path, command)) = &recovered.result {
        let command = format!("{command} --resume");
        lines.push(format!(
            "{} keeps what a run measured that was killed; {} goes on with it.",
            shown(path),
            command
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

/// What of the user's settings counts for nothing in what is measured, in one line.
fn set_aside(project: &Project) -> Option<String> {
    let all = set_aside::all(&project.root);
    (!all.is_empty()).then(|| {
        format!(
            "Set aside, since what is timed has flags of its own: {}.",
            all.join(", ")
        )
    })
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
        flags: environment::flags(),
        hashes: lab.hashes.clone(),
        measurements: Vec::new(),
        left_out: Vec::new(),
    })
}

/// The command that makes a result again: what was typed, with the seed that was taken, without the words
/// that tell how it was started.
fn again(seed: u64) -> String {
    make_again(env::args().skip(1), seed)
}

fn make_again(words: impl Iterator<Item = String>, seed: u64) -> String {
    let mut words: Vec<String> = words.collect();
    if let Some(place) = words.iter().position(|word| word == "--started-as") {
        words.drain(place..(place + 2).min(words.len()));
    }
    words.retain(|word| !["--go-on", "--resume", "--fresh"].contains(&word.as_str()));
    if !words.iter().any(|word| word.starts_with("--seed")) {
        words.extend(["--seed".to_owned(), seed.to_string()]);
    }
    format!("cargo lab {}", way::quote(words.iter().map(String::as_str)))
}

/// Set when somebody stops the lab; the second time it ends at once.
pub fn stopped() -> Result<Arc<AtomicBool>> {
    use signal_hook::{consts::TERM_SIGNALS, flag};
    let stopped = Arc::new(AtomicBool::new(false));
    for &signal in TERM_SIGNALS {
        flag::register(signal, Arc::clone(&stopped)).context("cannot listen for signals")?;
    }
    group::go_on_until_the_second_signal(STOPPED.into());
    Ok(stopped)
}

/// The tokens and the lines of code of a source below the top folder.
fn taught(root: &Path, source: &Path) -> Result<[usize; 2]> {
    let source = Source::read(root, source)?;
    Ok([source.tokens().len(), source.code_lines()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_made_again_by_what_was_typed_and_its_seed() {
        let again = |words: &str| make_again(words.split(' ').map(str::to_owned), 7);
        let typed = "measure --only x --resume";
        assert_eq!(again(typed), "cargo lab measure --only x --seed 7");
        assert_eq!(again("measure --seed 5"), "cargo lab measure --seed 5");
        let started = [
            "measure",
            "--started-as",
            "cargo make all",
            "--quick",
            "--go-on",
        ];
        assert_eq!(
            make_again(started.into_iter().map(str::to_owned), 7),
            "cargo lab measure --quick --seed 7"
        );
    }
}

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool, atomic::Ordering::Relaxed},
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use lab::{
    claims::Claims,
    formula::Wanted,
    load::{self, Job, is_load},
    measure::{
        CLAIMS, Lab, Listener, Ready, Session, TRIAL_LIMIT,
        budget::Budget,
        built::{self, is_built},
        doubts, fits, machine,
        plan::{Case, Choice, OUTSIDE, catalogue},
        store::{self, Journal, Recovered, Store},
        table,
    },
    programs,
    project::Project,
    result::{Because, LeftOut, Machine, Request, ResultFile, SCHEMA},
};

use super::{Usage, columns, print};

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
    /// The folder of the results.
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,
    /// The seed of all random orders.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// What is measured.
#[derive(Args, Clone)]
pub struct Choose {
    /// Each case of each topic, whether anything names it or not.
    #[arg(skip)]
    every: bool,
    /// Only this topic, case (TOPIC/CASE) or claim; `claims` for all that the article's claims name but
    /// load, `load` for the servers under load (90 minutes), `programs` for what is built and how (3
    /// minutes), `outside` for the claims of other sources (60 minutes). Repeatable.
    #[arg(long, value_name = "WORD")]
    only: Vec<String>,
    /// With these settings, such as `gogc400`, `gogc400+mimalloc` or `one` core.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    settings: Vec<String>,
    /// At this size.
    #[arg(long, value_name = "N")]
    scale: Option<u64>,
    /// Each case once, at its own size, with nothing set, in 90 seconds (the usual).
    #[arg(long)]
    quick: bool,
    /// All settings that claims name, and how the headline cases grow, in 30 minutes.
    #[arg(long, conflicts_with = "quick")]
    thorough: bool,
    /// So many blocks of each, however long that takes.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    blocks: Option<u32>,
    /// The K-th of N shares of the cases.
    #[arg(long, value_name = "K/N", value_parser = partition)]
    partition: Option<[usize; 2]>,
}

pub fn partition(text: &str) -> Result<[usize; 2], String> {
    let parsed = || {
        let (share, shares) = text.split_once('/')?;
        Some([share.parse().ok()?, shares.parse().ok()?])
    };
    match parsed() {
        Some([share, shares]) if 1 <= share && share <= shares => Ok([share, shares]),
        _ => Err("K/N is wanted, with K from 1 to N, such as 1/4".to_owned()),
    }
}

/// What was chosen, ready to be tried.
pub struct Chosen {
    pub request: Request,
    pub cases: Vec<Case>,
    pub wanted: Vec<Wanted>,
    /// All that claims name.
    pub named: BTreeSet<Wanted>,
    /// What is judged by: what the article's claims name, and what those of others decide by.
    judged: Vec<Wanted>,
    /// How many samples it takes at least, where a claim says so.
    samples: BTreeMap<Wanted, u64>,
    /// Beside what a probe sleeps, and what is simulated: where a claim names such a figure.
    probed: Vec<Wanted>,
    simulated: Vec<Wanted>,
    pub budget: Budget,
}

impl Choose {
    /// Every case once, at its own size, with nothing set: what a catalogue shows.
    pub fn every(&self) -> Self {
        Choose {
            every: true,
            blocks: Some(1),
            ..self.clone()
        }
    }

    /// Builds the programs that tell which cases there are, and chooses among them.
    pub fn chosen(&self, project: &Project) -> Result<Chosen> {
        programs::build_all(project)?;
        let cases = catalogue(project)?;
        let claims = if project.root.join(CLAIMS).is_file() {
            Some(Claims::read(project)?)
        } else {
            None
        };
        let all = || claims.iter().flat_map(|claims| &claims.claim);
        let is_outside = |word: &String| {
            let mut others = all().filter(|claim| !claim.is_the_articles());
            word == OUTSIDE || others.any(|claim| claim.id.eq_ignore_ascii_case(word))
        };
        let mode = if !self.quick && self.only.iter().any(is_outside) {
            OUTSIDE
        } else if self.thorough {
            "thorough"
        } else if !self.quick && self.only.iter().any(|word| word == "claims") {
            "claims"
        } else if !self.quick && self.only.iter().any(|word| word == "load") {
            "load"
        } else {
            "quick"
        };
        let request = Request {
            mode: mode.to_owned(),
            only: if self.every {
                let names = cases
                    .iter()
                    .map(|case| format!("{}/{}", case.topic, case.name));
                names.chain([built::TOPIC.to_owned()]).collect()
            } else {
                self.only.clone()
            },
            settings: self.settings.clone(),
            scale: self.scale,
            blocks: self.blocks.map(|blocks| blocks as usize),
            partition: self.partition,
        };
        let choice = Choice {
            cases: &cases,
            claims: claims.as_ref(),
        };
        let wanted = choice
            .of(&request)
            .map_err(|error| Usage(format!("{error:#}")))?;
        if wanted.is_empty() && request.partition.is_none() {
            bail!("there is nothing to measure: what was chosen names no measured case");
        }
        let (mut judged, mut samples) = (Vec::new(), BTreeMap::new());
        let (mut probed, mut simulated) = (Vec::new(), Vec::new());
        let mut named = BTreeSet::new();
        for claim in all() {
            named.extend(claim.wanted()?);
            judged.extend(claim.judged()?);
            probed.extend(claim.asking("process.probe_")?);
            simulated.extend(claim.asking("process.simulated_")?);
            if let Some(least) = claim.samples {
                let wanted = claim.wanted()?;
                let largest = wanted.iter().map(|w| w.scale).max().flatten();
                // At a smaller size what is seldom comes the more often.
                let share = |wanted: &Wanted| match (wanted.scale, largest) {
                    (Some(scale), Some(largest)) => (least * scale).div_ceil(largest) + 1,
                    _ => least,
                };
                samples.extend(wanted.into_iter().map(|w| (w.clone(), share(&w))));
            }
        }
        let mut budget = Budget::of(mode);
        if request.blocks.is_some() {
            // Who fixes the number of blocks waits for them.
            budget.slowest = TRIAL_LIMIT;
        }
        Ok(Chosen {
            request,
            cases,
            wanted,
            named,
            judged,
            samples,
            probed,
            simulated,
            budget,
        })
    }
}

impl Chosen {
    /// Tries each subject, and tells which can be measured.
    pub fn ready(
        &self,
        lab: &mut Lab,
        listener: &dyn Listener,
        stopped: &AtomicBool,
    ) -> Result<(Vec<Ready>, Vec<LeftOut>)> {
        let wanted: Vec<&Wanted> = self
            .wanted
            .iter()
            .filter(|w| !is_load(w) && !is_built(w))
            .collect();
        listener.steps(wanted.len());
        let (mut ready, mut left_out): (Vec<Ready>, Vec<LeftOut>) = (Vec::new(), Vec::new());
        for wanted in wanted {
            listener.step(&format!("{wanted} (trying)"));
            let tried = lab.ready(wanted, &self.budget)?;
            if stopped.load(Relaxed) {
                break;
            }
            match tried {
                Err(why) => left_out.push(why),
                Ok(mut new) => {
                    if let Some(least) = self.samples.get(wanted) {
                        new.take(*least);
                    }
                    if self.probed.contains(wanted) {
                        new.probe();
                    }
                    new.simulated = self.simulated.contains(wanted);
                    new.judged = self.request.mode != OUTSIDE || self.judged.contains(wanted);
                    // A size that somebody named may be the case's own.
                    match ready.iter_mut().find(|old| old.subject == new.subject) {
                        Some(old) => {
                            old.own_scale |= new.own_scale;
                            old.judged |= new.judged;
                            old.simulated |= new.simulated;
                        }
                        None => ready.push(new),
                    }
                }
            }
        }
        lab.keep()?;
        Ok((ready, left_out))
    }

    /// What is to be measured under load, which needs no trial.
    pub fn load(&self, lab: &Lab) -> Result<(Vec<Job>, Vec<LeftOut>)> {
        let wanted = self.wanted.iter().filter(|w| is_load(w)).cloned();
        let wanted: Vec<Wanted> = wanted.collect();
        let Request { mode, blocks, .. } = &self.request;
        load::jobs(lab, &wanted, &self.judged, mode, *blocks)
    }
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
        let folder = project.root.join(&self.results);
        let store = Store::open(&folder)?;
        for line in became(&project, &store.recover()?) {
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
            print(&closing(&project, &path, &found))?;
            print("This result still fits; --fresh measures anew.")?;
            return Ok(ExitCode::from(u8::from(is_bad(&found))));
        }
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
        let found = match old {
            Some(found) => found,
            None => ResultFile {
                schema: SCHEMA,
                command: again(seed),
                request: chosen.request.clone(),
                complete: false,
                began: SystemTime::now()
                    .duration_since(SystemTime::UNIX_EPOCH)?
                    .as_secs(),
                seed,
                machine,
                commit: machine::commit(&project),
                hashes: lab.hashes.clone(),
                measurements: Vec::new(),
                left_out: Vec::new(),
            },
        };
        let (ready, mut left_out) = chosen.ready(&mut lab, &bar, stopped)?;
        let (jobs, without) = chosen.load(&lab)?;
        left_out.extend(without);
        let mut journal = store.begin(ResultFile { left_out, ..found })?;
        if chosen.wanted.iter().any(is_built) {
            let session = built::Session {
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
        end(&project, &store, journal, stopped.load(Relaxed))
    }
}

fn end(project: &Project, store: &Store, mut journal: Journal, stopped: bool) -> Result<ExitCode> {
    journal.found.complete = !stopped;
    let found = journal.found.clone();
    let path = store.end(journal)?;
    print(&closing(project, &path, &found))?;
    if stopped {
        let blocks: usize = found.measurements.iter().map(|m| m.blocks.len()).sum();
        eprintln!(
            "Stopped: {blocks} blocks are kept in {}; the same command with --resume goes on.",
            shown(project, &path)
        );
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
fn closing(project: &Project, path: &Path, found: &ResultFile) -> String {
    let mut text = table::table(found, columns());
    text += &load::table::table(&found.measurements);
    for LeftOut { subject, why, .. } in &found.left_out {
        let _ = writeln!(text, "{subject}: not measured: {why}");
    }
    text.push('\n');
    let doubts = [doubts::warning, doubts::resolution, doubts::short_of_blocks];
    for line in doubts.into_iter().filter_map(|doubt| doubt(found)) {
        let _ = writeln!(text, "{line}");
    }
    let _ = write!(text, "Result: {}", shown(project, path));
    text
}

/// What became of a run that was killed.
pub fn became(project: &Project, recovered: &Recovered) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(path) = &recovered.result {
        lines.push(format!(
            "What a run measured that was killed is kept in {}; --resume goes on with it.",
            shown(project, path)
        ));
    }
    if let Some((why, path)) = &recovered.damaged {
        lines.push(format!(
            "warning: the journal of a run that was killed is damaged and lies in {} now: lost is {why}.",
            shown(project, path)
        ));
    }
    lines
}

fn shown(project: &Project, path: &Path) -> String {
    path.strip_prefix(&project.root)
        .unwrap_or(path)
        .display()
        .to_string()
}

/// The command that was typed, with the seed that was taken.
pub fn again(seed: u64) -> String {
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

/// A bar on a terminal, none elsewhere.
pub struct Bar(ProgressBar);

impl Bar {
    pub fn new() -> Self {
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if plain || !io::stderr().is_terminal() {
            return Bar(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{bar:16} {percent:>3}% {eta:>4} {wide_msg}");
        let bar = ProgressBar::new(0);
        bar.set_style(style.expect("the template is well formed"));
        bar.enable_steady_tick(Duration::from_millis(100));
        Bar(bar)
    }

    pub fn say(&self, message: &str) {
        self.0.set_message(message.to_owned());
    }

    pub fn say_above(&self, message: &str) {
        self.0.suspend(|| eprintln!("{message}"));
    }

    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Listener for Bar {
    fn steps(&self, steps: usize) {
        self.0.reset();
        self.0.set_length(steps as u64);
    }

    fn step(&self, done: &str) {
        self.0.inc(1);
        self.say(done);
    }
}

use std::{
    collections::BTreeMap,
    panic::resume_unwind,
    path::PathBuf,
    process::ExitCode,
    sync::{Mutex, PoisonError, RwLock},
    thread::{self, ScopedJoinHandle},
    time::Duration,
};

use anyhow::Result;
use clap::Args;
use lab_results::layout;
use lab_verify::{
    mutants::{self, Bench, Counts, Fate, Mutant, Tally, touched_topics, working_edit},
    tallies::Kept as _,
};
use lab_workspace::{
    language::Language,
    project::{Project, Topic},
};

use super::{Usage, chosen, print, print_fitted};

/// Plants bugs in a copy of the project, one at a time, and says which test catches each.
#[derive(Args)]
pub struct Mutants {
    /// Try only the mutants of this topic.
    #[arg(long, value_name = "TOPIC", conflicts_with = "new")]
    only: Option<String>,
    /// Try only the mutants of topics whose files changed since a commit; by default since HEAD.
    #[arg(
        long,
        value_name = "COMMIT",
        num_args = 0..=1,
        default_missing_value = "HEAD",
        conflicts_with_all = ["only", "new"],
    )]
    changed: Option<String>,
    /// Make a mutant from your edit of one file, and take the edit back. SENTENCE says what is wrong.
    #[arg(long, num_args = 2, value_names = ["NAME", "SENTENCE"])]
    new: Vec<String>,
}

/// What became of the mutants.
#[derive(Default)]
struct Total {
    mutants: usize,
    survivors: usize,
    /// Patches that cannot be tried.
    wrong: usize,
    /// Mutants that took too long.
    slow: usize,
    /// The one that took longest.
    slowest: (Duration, PathBuf),
    /// What is kept for the book, by topic.
    tallies: BTreeMap<String, Tally>,
}

impl Mutants {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        if let [name, sentence] = &self.new[..] {
            return keep(&project, name, sentence);
        }
        let topics = match &self.changed {
            Some(commit) => touched_topics::since(&project, commit)?,
            None => chosen(&project, self.only.as_deref())?,
        };
        if topics.is_empty() {
            print("No topic has changed, so no mutant was tried.")?;
            return Ok(ExitCode::SUCCESS);
        }
        let total = Mutex::new(Total::default());
        // Held for both languages while they try a mutant, or by one that wants the machine to itself.
        let machine = RwLock::new(());
        thread::scope(|scope| {
            let (project, topics, machine, total) = (&project, &topics, &machine, &total);
            let workers = [Language::Go, Language::Rust].map(|language| {
                scope.spawn(move || plant_all(project, topics, language, machine, total))
            });
            let mut ended = workers.into_iter().map(ScopedJoinHandle::join);
            ended.try_for_each(|end| end.unwrap_or_else(|panic| resume_unwind(panic)))
        })?;
        let total = total.into_inner().unwrap_or_else(PoisonError::into_inner);
        total.print()?;
        Ok(ExitCode::from(u8::from(total.is_failed())))
    }
}

impl Total {
    fn is_failed(&self) -> bool {
        self.survivors + self.wrong + self.slow > 0
    }

    fn print(&self) -> Result<()> {
        if self.wrong > 0 {
            let wrong = layout::count(self.wrong, "patch");
            print(&format!("could not be tried: {wrong}"))?;
        }
        if self.slow > 0 {
            let max = mutants::MAX_TIME.as_secs();
            let slow = layout::count(self.slow, "mutant");
            print(&format!("took more than {max} s: {slow}"))?;
        }
        let (time, path) = &self.slowest;
        let seconds = time.as_secs_f64();
        print(&format!("slowest: {} ({seconds:.1} s)", path.display()))?;
        let [mutants, survivors] = [(self.mutants, "mutant"), (self.survivors, "survivor")]
            .map(|(n, noun)| layout::count(n, noun));
        print(&format!("{mutants}, {survivors}"))
    }

    /// Counts a mutant and says in a line or two what became of it.
    fn add(&mut self, mutant: &Mutant, tried: Result<(Fate, Duration)>) -> String {
        self.mutants += 1;
        let became = match tried {
            Ok((Fate::Caught(check, said), time)) => {
                let is_slow = time > mutants::MAX_TIME;
                self.slow += usize::from(is_slow);
                if time > self.slowest.0 {
                    self.slowest = (time, mutant.path.clone());
                }
                let slow = if is_slow { ", TOO SLOW" } else { "" };
                let seconds = time.as_secs_f64();
                format!("caught by {check}: {said} ({seconds:.1} s{slow})")
            }
            Ok((Fate::Survived, _)) => {
                self.survivors += 1;
                "SURVIVED: no test notices".to_owned()
            }
            Err(error) => {
                self.wrong += 1;
                format!("WRONG: {error:#}")
            }
        };
        format!("{}: {}\n  {became}", mutant.path.display(), mutant.says)
    }
}

/// Makes a mutant from the working edit.
fn keep(project: &Project, name: &str, sentence: &str) -> Result<ExitCode> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(is_plain) {
        let why = "a mutant's name consists of lower-case letters, digits and \"-\"";
        return Err(Usage(format!("{name:?}: {why}")).into());
    }
    let is_sentence = sentence.len() > 5 && sentence.ends_with('.') && !sentence.contains('\n');
    if !is_sentence {
        let why = "expected one sentence that says what is wrong, with a full stop";
        return Err(Usage(format!("{sentence:?}: {why}")).into());
    }
    let path = working_edit::save_as_mutant(project, name, sentence)?;
    let topic = path
        .components()
        .nth(2)
        .map(|part| part.as_os_str().display().to_string());
    print_fitted(&format!(
        "{}\nThe edit is taken back.\nNext: cargo lab mutants --only {}",
        path.display(),
        topic.unwrap_or_default()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Plants all mutants of a language.
fn plant_all(
    project: &Project,
    topics: &[Topic],
    language: Language,
    machine: &RwLock<()>,
    total: &Mutex<Total>,
) -> Result<()> {
    let bench = Bench::new(project, language)?;
    for topic in topics {
        let mutants = mutants::find(project, topic, language)?;
        if !mutants.is_empty() {
            bench.prepare(&topic.name)?;
        }
        let mut counts = Counts {
            planted: mutants.len(),
            caught: 0,
        };
        for mutant in mutants {
            let tried = plant(&bench, &mutant, machine);
            counts.caught += usize::from(matches!(tried, Ok((Fate::Caught(..), _))));
            let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
            print(&total.add(&mutant, tried))?;
        }
        let Counts { planted, caught } = counts;
        let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = total.tallies.entry(topic.name.clone()).or_default();
        if tally.add(&topic.name, language, counts) {
            tally.write(&project.results(None)?)?;
        }
        let (topic, language) = (&topic.name, language.name());
        print(&format!(
            "{topic} in {language}: {caught} of {planted} caught"
        ))?;
    }
    Ok(())
}

/// Plants one mutant; once more, alone, if it took too long: the other language's kept the machine busy.
fn plant(bench: &Bench, mutant: &Mutant, machine: &RwLock<()>) -> Result<(Fate, Duration)> {
    let shared = machine.read().unwrap_or_else(PoisonError::into_inner);
    let tried = bench.plant(mutant);
    drop(shared);
    let is_slow = |time| (mutants::MAX_TIME..mutants::MUTANT_LIMIT).contains(&time);
    if tried.as_ref().is_ok_and(|(_, time)| is_slow(*time)) {
        let _alone = machine.write().unwrap_or_else(PoisonError::into_inner);
        return bench.plant(mutant);
    }
    tried
}

use std::{
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
use lab_verify::mutants::{self, Bench, Fate, Side, edited};
use lab_workspace::project::{Project, Topic};

use super::{Usage, chosen, print, print_fitted};

/// Plants bugs in a copy of the project, one after the other, and says which test notices each.
#[derive(Args)]
pub struct Mutants {
    /// Only those of this topic.
    #[arg(long, value_name = "TOPIC", conflicts_with = "new")]
    only: Option<String>,
    /// Makes one from the edit of one file, and takes the edit back; the sentence says what is wrong.
    #[arg(long, num_args = 2, value_names = ["NAME", "SENTENCE"])]
    new: Vec<String>,
}

/// What became of the mutants of one side.
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
}

impl Mutants {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        if let [name, sentence] = &self.new[..] {
            return keep(&project, name, sentence);
        }
        let topics = chosen(&project, self.only.as_deref())?;
        let total = Mutex::new(Total::default());
        // Held by both sides while they try a mutant, or by one that wants the machine to itself.
        let machine = RwLock::new(());
        thread::scope(|scope| {
            let sides = [Side::Go, Side::Rust];
            let (project, topics, machine, total) = (&project, &topics, &machine, &total);
            let workers =
                sides.map(|side| scope.spawn(move || plant(project, topics, side, machine, total)));
            let mut ended = workers.into_iter().map(ScopedJoinHandle::join);
            ended.try_for_each(|end| end.unwrap_or_else(|panic| resume_unwind(panic)))
        })?;
        let Total {
            mutants,
            survivors,
            wrong,
            slow,
            slowest: (time, path),
        } = total.into_inner().unwrap_or_else(PoisonError::into_inner);
        if wrong > 0 {
            let wrong = layout::count(wrong, "patch");
            print(&format!("could not be tried: {wrong}"))?;
        }
        if slow > 0 {
            let most = mutants::MOST.as_secs();
            let slow = layout::count(slow, "mutant");
            print(&format!("took more than {most} s: {slow}"))?;
        }
        let seconds = time.as_secs_f64();
        print(&format!("slowest: {} ({seconds:.1} s)", path.display()))?;
        let failed = survivors + wrong + slow > 0;
        let [mutants, survivors] =
            [(mutants, "mutant"), (survivors, "survivor")].map(|(n, noun)| layout::count(n, noun));
        print(&format!("{mutants}, {survivors}"))?;
        Ok(ExitCode::from(u8::from(failed)))
    }
}

/// Makes a mutant from the working edit.
fn keep(project: &Project, name: &str, sentence: &str) -> Result<ExitCode> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(is_plain) {
        let why = "small letters, digits and \"-\" make a mutant's name";
        return Err(Usage(format!("{name:?}: {why}")).into());
    }
    let is_sentence = sentence.len() > 5 && sentence.ends_with('.') && !sentence.contains('\n');
    if !is_sentence {
        let why = "one sentence is wanted that says what is wrong, with its full stop";
        return Err(Usage(format!("{sentence:?}: {why}")).into());
    }
    let path = edited::keep(project, name, sentence)?;
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

/// Plants all mutants of a side.
fn plant(
    project: &Project,
    topics: &[Topic],
    side: Side,
    machine: &RwLock<()>,
    total: &Mutex<Total>,
) -> Result<()> {
    let bench = Bench::new(project, side)?;
    for topic in topics {
        let mutants = mutants::find(project, topic, side)?;
        let (mut caught, all) = (0, mutants.len());
        if all > 0 {
            bench.prepare(&topic.name)?;
        }
        for mutant in mutants {
            let shared = machine.read().unwrap_or_else(PoisonError::into_inner);
            let mut tried = bench.plant(&mutant);
            drop(shared);
            if tried.as_ref().is_ok_and(|(_, time)| *time > mutants::MOST) {
                // Once more, alone: the other side's mutants kept the machine busy.
                let _alone = machine.write().unwrap_or_else(PoisonError::into_inner);
                tried = bench.plant(&mutant);
            }
            let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
            total.mutants += 1;
            let (path, says) = (mutant.path.display(), &mutant.says);
            print(&match tried {
                Ok((Fate::Caught(check, said), time)) => {
                    caught += 1;
                    let slow = if time > mutants::MOST {
                        total.slow += 1;
                        ", TOO SLOW"
                    } else {
                        ""
                    };
                    if time > total.slowest.0 {
                        total.slowest = (time, mutant.path.clone());
                    }
                    let seconds = time.as_secs_f64();
                    format!("{path}: {says}\n  caught by {check}: {said} ({seconds:.1} s{slow})")
                }
                Ok((Fate::Survived, _)) => {
                    total.survivors += 1;
                    format!("{path}: {says}\n  SURVIVED: no test notices")
                }
                Err(error) => {
                    total.wrong += 1;
                    format!("{path}: {says}\n  WRONG: {error:#}")
                }
            })?;
        }
        print(&format!(
            "{} on the side of {side}: {caught} of {all} caught",
            topic.name
        ))?;
    }
    Ok(())
}

use std::{
    env,
    io::{self, IsTerminal as _},
    panic::resume_unwind,
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread::{self, ScopedJoinHandle},
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::Args;
use console::style;
use indicatif::ProgressBar;
use lab_results::layout;
use lab_verify::{
    difftest::{self, Difference, Opinion, Plan, Report, SLOW, Tally},
    tallies::Kept as _,
};
use lab_workspace::{
    programs::{self, Programs},
    project::{Project, Topic},
};

use super::{chosen, print, print_fitted};
use crate::progress_bar::{WIDE, drawn};

/// Compares both programs of every pair on scripts generated from its operations.
#[derive(Args)]
pub struct Difftest {
    /// Random scripts for each topic, in addition to the kept scripts and those at the limits.
    #[arg(long, value_name = "N", default_value_t = 2000)]
    scripts: usize,
    /// Seed of the random scripts: the same seed makes the same scripts.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Compare only this topic.
    #[arg(long, value_name = "TOPIC")]
    only: Option<String>,
}

impl Difftest {
    pub fn run(&self) -> Result<ExitCode> {
        let begun = Instant::now();
        let project = Project::find()?;
        let mut topics = chosen(&project, self.only.as_deref())?;
        topics.sort_by_key(|topic| topic.name != SLOW);
        let colourless = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        console::set_colors_enabled(io::stdout().is_terminal() && !colourless);
        let length = self.scripts * topics.len();
        let bar = drawn(colourless, WIDE, length as u64);
        let names: Vec<&str> = topics.iter().map(|topic| topic.name.as_str()).collect();
        bar.set_message("building");
        programs::build(&project, &names)?;

        let plan = Plan {
            scripts: self.scripts,
            seed: self.seed.unwrap_or_else(|| fastrand::u64(..1_000_000_000)),
            bounds: self.scripts >= ENOUGH,
        };
        bar.set_message("scripts");
        let total = compare(&project, &topics, plan, &bar)?;
        bar.finish_and_clear();
        total.print(plan.seed, begun.elapsed())?;
        let failed = total.differences + total.missing > 0;
        Ok(ExitCode::from(u8::from(failed)))
    }
}

/// Performs the scripts of all topics, several topics at a time.
fn compare(project: &Project, topics: &[Topic], plan: Plan, bar: &ProgressBar) -> Result<Total> {
    let total = Mutex::new(Total::default());
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        while let Some(topic) = topics.get(next.fetch_add(1, Relaxed)) {
            let begun = Instant::now();
            let step = |count: usize| bar.inc(count as u64);
            let Some(report) = difftest::run(project, topic, plan, &step)? else {
                continue;
            };
            let mut text = describe(topic, &report, begun.elapsed());
            for difference in &report.shown {
                text += &shown(project, topic, difference)?;
            }
            let tally = Tally::new(&topic.name, plan, &report);
            tally.write(&project.results(None)?)?;
            let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
            total.add(&report, tally);
            bar.suspend(|| print(&text))?;
        }
        Ok(())
    };
    // Each topic's two programs work side by side, but one mostly waits for the other; those of the slow
    // one, which is the first, wait for the network beside all others.
    let threads = 1 + thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut ended = workers.into_iter().map(ScopedJoinHandle::join);
        ended.try_for_each(|end| end.unwrap_or_else(|panic| resume_unwind(panic)))
    })?;
    Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// From this many scripts on, it is worth some seconds to look for the bounds of what a script may hold.
const ENOUGH: usize = 500;

/// What was found about all topics.
#[derive(Default)]
struct Total {
    scripts: usize,
    differences: usize,
    missing: usize,
    tallies: Vec<Tally>,
}

impl Total {
    fn add(&mut self, report: &Report, tally: Tally) {
        self.tallies.push(tally);
        self.scripts += report.scripts;
        self.differences += report.differences;
        self.missing += report.coverage.missing().len();
    }

    fn print(&self, seed: u64, time: Duration) -> Result<()> {
        for tally in &self.tallies {
            print_fitted(&rarest(tally))?;
        }
        print(&format!("seed {seed}, {:.1} s", time.as_secs_f64()))?;
        if self.missing > 0 {
            let missing = self.missing;
            print_fitted(&format!(
                "operations and errors that scripts did not reach, or reached wrongly, see above: {missing}"
            ))?;
        }
        let [scripts, differences] = [(self.scripts, "script"), (self.differences, "difference")]
            .map(|(n, noun)| layout::count(n, noun));
        print(&format!("{scripts}, {differences}"))
    }
}

/// The operation and the error that the scripts of a topic met least.
fn rarest(tally: &Tally) -> String {
    let [operation, error] = tally.rarest().map(|rarest| match rarest {
        Some((what, count)) => format!("{what:?} {count} times"),
        None => "none".to_owned(),
    });
    format!(
        "{}: rarest operation {operation}, rarest error {error}",
        tally.topic
    )
}

/// What the scripts of a topic reached.
fn describe(topic: &Topic, report: &Report, time: Duration) -> String {
    let coverage = &report.coverage;
    let state = match report.differences {
        0 => style("no difference".to_owned()).green(),
        some => style(layout::count(some, "difference")).red().bold(),
    };
    let (scripts, fixed, modelled) = (report.scripts, report.fixed, report.modelled);
    let traced = report.traced;
    let name = style(&topic.name).bold();
    let performed = coverage.operations.iter();
    let performed: Vec<_> = performed
        .map(|(word, count)| format!("{word} {}", count.all))
        .collect();
    let seconds = time.as_secs_f64();
    let mut lines = vec![
        format!(
            "{name}: {} and {fixed} fixed, {modelled} of all by the model too, {traced} traced, {state}, {seconds:.1} s",
            layout::count(scripts, "script")
        ),
        format!("  performed: {}", performed.join(", ")),
    ];
    for (error, count) in &coverage.errors {
        let why = coverage.out_of_reach.get(error.as_str());
        let why = why.map_or(String::new(), |why| format!(" ({why})"));
        let times = layout::count(*count, "time");
        lines.push(format!("  refused {times}: {error}{why}"));
    }
    if !coverage.bounds {
        lines.push(format!(
            "  limits of what a script may hold: checked only with --scripts {ENOUGH} or more"
        ));
    }
    if !coverage.model {
        lines.push(format!(
            "  no model: a bug that both languages share is not found; write one in crates/lab-verify/src/difftest/model/{}.rs",
            topic.name
        ));
    }
    let unsettled = coverage
        .operations
        .iter()
        .filter(|(_, count)| count.unsettled > 0);
    let unsettled: Vec<_> = unsettled
        .map(|(word, count)| format!("{word} {}", count.unsettled))
        .collect();
    if !unsettled.is_empty() {
        lines.push(format!(
            "  answered without a settle before: {}",
            unsettled.join(", ")
        ));
    }
    for missing in coverage.missing() {
        lines.push(format!("  {} {missing}", style("missing:").red().bold()));
    }
    layout::fit(&lines.join("\n"), layout::prose_width())
}

/// A difference, after its script is kept.
fn shown(project: &Project, topic: &Topic, difference: &Difference) -> Result<String> {
    let kept = difftest::keep(project, topic, difference)?;
    let kept = kept.display();
    let programs = Programs::locate(project);
    let command = |folder: &std::path::Path| {
        let program = folder.join(&topic.name);
        let program = program.strip_prefix(&project.root).unwrap_or(&program);
        format!("{} replay {kept} 2>&1", program.display())
    };
    let answers = &difference.answers;
    let (rust, go) = (answers.rust.shown(), answers.go.shown());
    let model = match &answers.model {
        Opinion::Says(model) => format!("Model:\n{}\n", model.shown()),
        _ => String::new(),
    };
    let differs = answers.difference().unwrap_or_default();
    let script = difference.script.escape_ascii().to_string();
    let script = script.replace("\\n", "\n");
    let all = script.lines().count();
    let mut script: Vec<String> = script.lines().take(MAX_SCRIPT).map(cut).collect();
    if all > MAX_SCRIPT {
        script.push(format!("... {} more lines", all - MAX_SCRIPT));
    }
    let script = script.join("\n");
    Ok(format!(
        "\n\n{} {differs}\nScript:\n{script}\nRust:\n{rust}\nGo:\n{go}\n{model}Reproduce: diff <({}) <({})\n",
        style(format!("{} differs on {kept}:", topic.name)).bold(),
        command(&programs.rust),
        command(&programs.go),
    ))
}

/// Lines of a script that a difference shows; the kept file has all.
const MAX_SCRIPT: usize = 10;

/// A line that is not too long to be read.
fn cut(line: &str) -> String {
    const MAX_WIDTH: usize = 160;
    match line.char_indices().nth(MAX_WIDTH) {
        Some((end, _)) => format!("{} ...", &line[..end]),
        None => line.to_owned(),
    }
}

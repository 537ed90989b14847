use std::{
    env,
    io::{self, IsTerminal as _},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::Args;
use console::style;
use indicatif::{ProgressBar, ProgressStyle};
use lab::{
    programs::{self, Programs},
    project::{Project, Topic},
    prove::{self, Difference, Plan, Report},
};

use super::{chosen, print};

/// Compares both programs of every pair on scripts that are generated from its operations.
#[derive(Args)]
pub struct Prove {
    /// How many scripts a topic.
    #[arg(long, value_name = "N", default_value_t = 2000)]
    scripts: usize,
    /// What chance begins with; the same seed makes the same scripts.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Only this topic.
    #[arg(long, value_name = "TOPIC")]
    only: Option<String>,
}

impl Prove {
    pub fn run(&self) -> Result<ExitCode> {
        let begun = Instant::now();
        let project = Project::find()?;
        let topics = chosen(&project, self.only.as_deref())?;
        let colourless = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        console::set_colors_enabled(io::stdout().is_terminal() && !colourless);
        let bar = bar(colourless, self.scripts * topics.len());
        let names: Vec<&str> = topics.iter().map(|topic| topic.name.as_str()).collect();
        bar.set_message("building");
        programs::build(&project, &names)?;

        let plan = Plan {
            scripts: self.scripts,
            seed: self.seed.unwrap_or_else(|| fastrand::u64(..1_000_000_000)),
            bounds: true,
        };
        let (mut scripts, mut differences, mut missing) = (0, 0, 0);
        for topic in &topics {
            bar.set_message(topic.name.clone());
            let begun = Instant::now();
            let step = |count: usize| bar.inc(count as u64);
            let Some(report) = prove::prove(&project, topic, plan, &step)? else {
                continue;
            };
            scripts += report.scripts;
            differences += report.differences;
            missing += report.reach.missing().len();
            let mut text = told(topic, &report, begun.elapsed());
            for difference in &report.told {
                text += &shown(&project, topic, difference)?;
            }
            bar.suspend(|| print(&text))?;
        }
        bar.finish_and_clear();
        let seconds = begun.elapsed().as_secs_f64();
        print(&format!("seed {}, {seconds:.1} s", plan.seed))?;
        if missing > 0 {
            print(&format!(
                "{missing} operations or errors were not as they should be, see above"
            ))?;
        }
        print(&format!("{scripts} scripts, {differences} differences"))?;
        Ok(ExitCode::from(u8::from(differences + missing > 0)))
    }
}

/// A bar on a terminal, none elsewhere.
fn bar(plain: bool, length: usize) -> ProgressBar {
    if plain || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {percent:>3}% {msg}");
    let bar = ProgressBar::new(length as u64);
    bar.set_style(style.expect("the template is well formed"));
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// What the scripts of a topic reached.
fn told(topic: &Topic, report: &Report, time: Duration) -> String {
    let reach = &report.reach;
    let state = match report.differences {
        0 => style("no difference".to_owned()).green(),
        1 => style("1 difference".to_owned()).red().bold(),
        more => style(format!("{more} differences")).red().bold(),
    };
    let (scripts, modelled) = (report.scripts, report.modelled);
    let name = style(&topic.name).bold();
    let performed = reach.operations.iter();
    let performed: Vec<_> = performed
        .map(|(word, count)| format!("{word} {count}"))
        .collect();
    let seconds = time.as_secs_f64();
    let mut lines = vec![
        format!(
            "{name}: {scripts} scripts, {modelled} of them by the model too, {state}, {seconds:.1} s"
        ),
        format!("  performed: {}", performed.join(", ")),
    ];
    for (error, count) in &reach.errors {
        let why = reach.out_of_reach.get(error.as_str());
        let why = why.map_or(String::new(), |why| format!(" ({why})"));
        lines.push(format!("  refused {count} times: {error}{why}"));
    }
    for missing in reach.missing() {
        lines.push(format!("  {} {missing}", style("missing:").red().bold()));
    }
    lines.join("\n")
}

/// A difference, after its script is kept.
fn shown(project: &Project, topic: &Topic, difference: &Difference) -> Result<String> {
    let kept = prove::keep(project, topic, &difference.script)?;
    let kept = kept.display();
    let programs = Programs::of(project);
    let command = |folder: &std::path::Path| {
        let program = folder.join(&topic.name);
        let program = program.strip_prefix(&project.root).unwrap_or(&program);
        format!("{} replay {kept} 2>&1", program.display())
    };
    let said = &difference.said;
    let (rust, go) = (said.rust.shown(), said.go.shown());
    let model = said.model.as_ref().map_or(String::new(), |model| {
        format!("Model:\n{}\n", model.shown())
    });
    let script = difference
        .script
        .escape_ascii()
        .to_string()
        .replace("\\n", "\n");
    Ok(format!(
        "\n\n{}\n{script}\nRust:\n{rust}\nGo:\n{go}\n{model}Again: diff <({}) <({})\n",
        style(format!("{} differs on {kept}:", topic.name)).bold(),
        command(&programs.rust),
        command(&programs.go),
    ))
}

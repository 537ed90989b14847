//! The command `lab`.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod begin_measurement;
mod command;
mod foreground;
mod progress_bar;
mod resume;
mod scenario_run;
mod selection;
mod started_as;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use lab_workspace::{output, own_files::Refused};

use command::{Usage, note};
use lab_workspace::{environment, low_system_limits};

/// Builds, verifies and measures the pairs of Go and Rust programs, and judges the claims about them.
#[derive(Parser)]
#[command(
    name = "cargo lab",
    bin_name = "cargo lab",
    version,
    arg_required_else_help = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    All(command::all::All),
    Build(command::build::Build),
    Verify(command::verify::Verify),
    Mistakes(command::mistakes::Mistakes),
    Measure(command::measure::Measure),
    Plan(command::plan::Plan),
    Judge(command::judge::Judge),
    Point(command::point::OnePoint),
    Sweep(command::sweep::Sweep),
    Compare(command::compare::Compare),
    Versus(command::versus::Versus),
    #[command(alias = "prove")]
    Difftest(command::difftest::Difftest),
    #[command(alias = "faults")]
    Mutants(command::mutants::Mutants),
    Deep(command::deep::Deep),
    Explain(command::explain::Explain),
    Doctor(command::doctor::Doctor),
    #[cfg(target_os = "linux")]
    Stranger(command::stranger::RunStranger),
    NewPair(command::new_pair::NewPair),
    RemovePair(command::remove_pair::RemovePair),
    Go(command::go::Go),
    LintGo(command::lint_go::LintGo),
    FormatGo(command::format_go::FormatGo),
}

fn main() -> ExitCode {
    low_system_limits::raise_limits();
    // Decided once, before anything is written there.
    environment::temporary();
    let code = run().unwrap_or_else(|error| {
        let error = low_system_limits::read_only(&error).map_or(error, |says| Usage(says).into());
        note(&format!("error: {error:#}"));
        let is_usage = error.is::<Usage>() || error.is::<Refused>();
        ExitCode::from(if is_usage { 2 } else { 1 })
    });
    // What failed may have failed for this alone.
    if code == ExitCode::FAILURE {
        for [what, cure] in low_system_limits::find() {
            note(&format!("note: {what}: {cure}, then try again"));
        }
    }
    code
}

fn run() -> Result<ExitCode> {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(said) => {
            output::explained(said.print(), said.use_stderr())?;
            return Ok(ExitCode::from(said.exit_code() as u8));
        }
    };
    match arguments.command {
        Command::All(all) => all.run(),
        Command::Build(build) => build.run(),
        Command::Verify(verify) => verify.run(),
        Command::Mistakes(mistakes) => mistakes.run(),
        Command::Measure(measure) => measure.run(),
        Command::Plan(plan) => plan.run(),
        Command::Judge(judge) => judge.run(),
        Command::Point(point) => point.run(),
        Command::Sweep(sweep) => sweep.run(),
        Command::Compare(compare) => compare.run(),
        Command::Versus(versus) => versus.run(),
        Command::Difftest(difftest) => difftest.run(),
        Command::Mutants(mutants) => mutants.run(),
        Command::Deep(deep) => deep.run(),
        Command::Explain(explain) => explain.run(),
        Command::Doctor(_) => command::doctor::Doctor::run(),
        #[cfg(target_os = "linux")]
        Command::Stranger(stranger) => stranger.run(),
        Command::NewPair(new_pair) => new_pair.run(),
        Command::RemovePair(remove_pair) => remove_pair.run(),
        Command::Go(go) => go.run(),
        Command::LintGo(_) => command::lint_go::LintGo::run(),
        Command::FormatGo(_) => command::format_go::FormatGo::run(),
    }
}

//! The command `load`.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod command;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, error::ErrorKind};

use command::{
    Usage,
    merge::Merge,
    output::{explain, note},
    run::Run,
};

fn main() -> ExitCode {
    let mut command = Run::command().subcommand(Merge::command());
    let done = command
        .try_get_matches_from_mut(std::env::args_os())
        .and_then(|matches| {
            let done = match matches.subcommand() {
                Some((_, merge)) => Merge::from_arg_matches(merge)?.run(),
                None => Run::from_arg_matches(&matches)?.run(),
            };
            done.map_or_else(
                |error| match error.downcast_ref() {
                    Some(Usage(why)) => Err(command.error(ErrorKind::ValueValidation, why)),
                    None => Ok(Err(error)),
                },
                |code| Ok(Ok(code)),
            )
        });
    done.unwrap_or_else(|error| explain(&error))
        .unwrap_or_else(|error| {
            note(&format!("error: {error:#}"));
            ExitCode::FAILURE
        })
}

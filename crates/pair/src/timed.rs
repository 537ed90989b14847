// Twin: go/pair/timed.go

//! What a timed program has in the place of its script and its facts.
//!
//! A generic type is compiled once for each payload. Where a program holds both the plain payload that is measured
//! and the counted one of scripts, the compiler inlines less of either: the measured cache was seen to take a third
//! longer. So a timed program holds its cases, and nothing else.

use std::ffi::OsString;

use crate::{Command, Out, Stop};

fn refuse<T>() -> Result<T, Stop> {
    let why = "this program is timed: it has its cases and nothing else";
    Err(Stop::Usage(why.to_owned()))
}

/// In the place of a command.
const COMMAND: Command = Command {
    usage: "",
    says: "",
    options: &[],
    operations: &[],
    run: |_: &[OsString], _: &Out| refuse(),
};

/// In the place of a topic's script.
pub mod script {
    use super::{COMMAND, refuse};
    use crate::{Command, Operation, Out, Script, Stop};

    /// No operations.
    pub const OPERATIONS: &[Operation] = &[];
    /// Refuses.
    pub const EXIT: Command = COMMAND;

    /// Refuses to show anything.
    pub fn demo(_: &Out) -> Result<(), Stop> {
        refuse()
    }

    /// Refuses to perform a script.
    pub fn replay(_: &mut Script, _: &Out) -> Result<(), Stop> {
        refuse()
    }
}

/// In the place of the script of a topic's parts.
pub mod parts {
    use super::COMMAND;
    use crate::Command;

    /// Refuses.
    pub const PARTS: Command = COMMAND;
}

/// In the place of a topic's facts.
pub mod contrast {
    use super::refuse;
    use crate::{Facts, Stop};

    /// Refuses to print anything.
    pub fn contrast(_: &mut Facts) -> Result<(), Stop> {
        refuse()
    }
}

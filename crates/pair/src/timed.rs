// Twin: go/pair/timed.go

//! What a timed program has in the place of its script and its facts.
//!
//! A generic type is compiled once for each payload. Where a program holds both the plain payload that is measured
//! and the counted one of scripts, the compiler inlines less of either: the measured cache was seen to take a third
//! longer. So a timed program holds its cases, and nothing else.

const REFUSED: &str = "this program is timed: it has its cases and nothing else";

/// In the place of a topic's script.
pub mod script {
    use crate::{Command, Operation, Out, Script, Stop};

    pub const OPERATIONS: &[Operation] = &[];
    pub const COMMANDS: &[Command] = &[];

    /// Refuses to show anything.
    pub fn demo(_: &Out) -> Result<(), Stop> {
        Err(Stop::Usage(super::REFUSED.to_owned()))
    }

    /// Refuses to perform a script.
    pub fn replay(_: &mut Script, _: &Out) -> Result<(), Stop> {
        Err(Stop::Usage(super::REFUSED.to_owned()))
    }
}

/// In the place of the script of a topic's parts.
pub mod parts {
    use crate::Command;

    pub const PARTS: Command = Command {
        usage: "parts",
        says: "",
        options: &[],
        operations: &[],
        run: |_, _| Err(crate::Stop::Usage(super::REFUSED.to_owned())),
    };
}

/// In the place of a topic's facts.
pub mod contrast {
    use crate::{Facts, Stop};

    /// Refuses to tell anything.
    pub fn contrast(_: &mut Facts) -> Result<(), Stop> {
        Err(Stop::Usage(super::REFUSED.to_owned()))
    }
}

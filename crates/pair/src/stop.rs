// Twin: go/pair/stop.go

use std::io;

use crate::reason;

/// Why a program ends before its work is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// A line of a script that cannot be done: exit 2.
    Refused {
        /// The line's number, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// The program was called wrongly: exit 2.
    Usage(String),
    /// The arguments are not those of the command, whose usage is shown too: exit 2.
    Call(String),
    /// The system or a check failed: exit 1.
    Failed(String),
    /// Nobody reads the output any more: exit 0.
    Closed,
}

impl Stop {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Stop::Refused { .. } | Stop::Usage(_) | Stop::Call(_) => 2,
            Stop::Failed(_) => 1,
            Stop::Closed => 0,
        }
    }

    /// What stands on stderr, with its end of line; empty if there is nothing to say.
    pub fn message(&self) -> String {
        match self {
            Stop::Refused { line, what } => format!("error: line {line}: {what}\n"),
            Stop::Usage(what) | Stop::Call(what) | Stop::Failed(what) => format!("error: {what}\n"),
            Stop::Closed => String::new(),
        }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Failed(reason(&error))
    }
}

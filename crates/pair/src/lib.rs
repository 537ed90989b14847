// Twin: go/pair/pair.go

//! What every topic's program has in common: its commands, how it reads a script, how it fails,
//! how it counts what lives and what was freed.
//!
//! Depends on no other crate of the project; each topic depends on it. A topic describes itself in a [`Topic`]; [`run`]
//! does the rest. Start with `command.rs` (the commands), `script.rs` (how a script is read) and `measure.rs` (how a case
//! is timed).

mod batch;
pub mod clock;
mod command;
mod counted;
mod facts;
mod flags;
mod folder;
pub mod heap;
mod help;
mod measure;
mod nearest;
mod operation;
mod out;
pub mod process;
mod quote;
mod reason;
mod script;
mod stop;
pub mod timed;
mod trace;

pub use command::{Command, Demo, Replay, Topic, parts, run, trace};
pub use counted::{Counted, Tally, settle};
pub use facts::Facts;
pub use flags::Flags;
pub use folder::Folder;
pub use measure::{Bench, Case, Latencies, Sample};
pub use operation::{Kind, Operand, Operation, Part, id, name, signed, whole};
pub use out::Out;
pub use quote::quote;
pub use reason::reason;
pub use script::{Line, MAX_BYTES, MAX_LINE, MAX_OBJECTS, Script};
pub use stop::Stop;
pub use trace::Links;

/// Chooses the program's allocator: the one that counts, or the one that a feature names.
#[macro_export]
macro_rules! allocator {
    () => {
        #[global_allocator]
        static ALLOCATOR: $crate::heap::Allocator = $crate::heap::ALLOCATOR;
    };
}

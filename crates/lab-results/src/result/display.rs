//! Kinds of runs, and reasons, in words.

use std::fmt;

use super::{Caution, Mode, OUTSIDE, Reject, SMOKE, SkipReason};

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SkipReason::Memory => "memory",
            SkipReason::Budget => "budget",
            SkipReason::Scale => "no such size",
            SkipReason::Toolchain => "toolchain",
            SkipReason::Answers => "the answers differ",
            SkipReason::Failed => "failed",
            SkipReason::Limit => "no limit to follow",
        })
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mode::Smoke => SMOKE,
            Mode::Quick => "quick",
            Mode::Claims => "claims",
            Mode::Thorough => "thorough",
            Mode::Load => "load",
            Mode::Outside => OUTSIDE,
            Mode::Point => "point",
            Mode::Sweep => "sweep",
        })
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reject::Stolen => "the host took too much of its time",
            Reject::Stalled => "an idle thread was woken too late",
            Reject::Doubted => "it carried a caution",
        })
    }
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Caution::GeneratorLate => "the load generator fell behind",
            Caution::Moved => "capacity moved during the load",
            Caution::NotSteady => "capacity or memory never became steady",
        })
    }
}

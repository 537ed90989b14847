//! The builds of the programs: one for Go, one with Go's older collector, one for each allocator of Rust.

/// A build of a side's programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Build {
    /// Go's usual one.
    Go,
    /// Go with the collector of the versions before 1.26.
    GoBefore,
    /// Rust with the system's allocator.
    System,
    /// Rust with mimalloc.
    Mimalloc,
    /// Rust with mimalloc's major version before that.
    Mimalloc2,
    /// Rust with jemalloc.
    Jemalloc,
}

impl Build {
    /// Its cargo profile, the feature of `pair` and the allocator's name, all the same word.
    pub fn name(self) -> &'static str {
        match self {
            Build::Go => "go",
            Build::GoBefore => "go-nogreentea",
            Build::System => "system",
            Build::Mimalloc => "mimalloc",
            Build::Mimalloc2 => "mimalloc2",
            Build::Jemalloc => "jemalloc",
        }
    }

    /// What its programs call their allocator.
    pub fn allocator(self) -> &'static str {
        match self {
            Build::GoBefore => Build::Go.name(),
            other => other.name(),
        }
    }

    /// The folder of its programs, beside that of the programs which people run.
    pub fn folder(self) -> &'static str {
        match self {
            Build::Go => "go-timed",
            other => other.name(),
        }
    }

    /// The experiment of Go's toolchain that makes it, if one does.
    pub fn experiment(self) -> Option<&'static str> {
        (self == Build::GoBefore).then_some("nogreenteagc")
    }
}

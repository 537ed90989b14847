//! Variants in which programs are built: one for Go, one with Go's older collector, one for each allocator of Rust.

/// Variant in which the programs of one language are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BuildVariant {
    /// Go with its default collector.
    Go,
    /// Go with the collector of the versions before 1.26.
    GoOldCollector,
    /// Rust with the system's allocator.
    System,
    /// Rust with mimalloc.
    Mimalloc,
    /// Rust with the major version of mimalloc before it.
    Mimalloc2,
    /// Rust with jemalloc.
    Jemalloc,
}

impl BuildVariant {
    /// Its cargo profile, the feature of `pair` and the allocator's name, all the same word.
    pub fn name(self) -> &'static str {
        match self {
            BuildVariant::Go => "go",
            BuildVariant::GoOldCollector => "go-nogreentea",
            BuildVariant::System => "system",
            BuildVariant::Mimalloc => "mimalloc",
            BuildVariant::Mimalloc2 => "mimalloc2",
            BuildVariant::Jemalloc => "jemalloc",
        }
    }

    /// What its programs call their allocator.
    pub fn allocator(self) -> &'static str {
        match self {
            BuildVariant::GoOldCollector => BuildVariant::Go.name(),
            other => other.name(),
        }
    }

    /// The folder of its programs, beside that of the programs which people run.
    pub fn folder(self) -> &'static str {
        match self {
            BuildVariant::Go => "go-timed",
            other => other.name(),
        }
    }

    /// The experiment of Go's toolchain that makes it, if one does.
    pub fn experiment(self) -> Option<&'static str> {
        (self == BuildVariant::GoOldCollector).then_some("nogreenteagc")
    }
}

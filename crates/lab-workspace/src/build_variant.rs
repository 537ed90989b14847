//! Variants in which programs are built: one for Go, one with Go's older collector, one for each allocator of
//! Rust, one linked as a whole.

/// What a release build is, whatever a user's cargo configuration says: cargo's own defaults.
pub const RELEASE: [(&str, &str); 9] = [
    ("opt-level", "3"),
    ("debug", "false"),
    ("strip", "\"debuginfo\""),
    ("debug-assertions", "false"),
    ("overflow-checks", "false"),
    ("lto", "false"),
    ("panic", "\"unwind\""),
    ("incremental", "false"),
    ("rpath", "false"),
];

/// Stated only where a user's configuration says something else: stating it changes every hash.
pub const CODEGEN_UNITS: (&str, &str) = ("codegen-units", "16");

/// What the profile of [`BuildVariant::Linked`] has in their place.
const LINKED: [(&str, &str); 3] = [
    ("lto", "\"fat\""),
    ("panic", "\"abort\""),
    ("codegen-units", "1"),
];

/// What a profile has for a key that is usually this.
pub fn value(profile: &str, key: &str, usual: &'static str) -> &'static str {
    let own = LINKED.into_iter().find(|(name, _)| *name == key);
    match own {
        Some((_, value)) if profile == BuildVariant::Linked.name() => value,
        _ => usual,
    }
}

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
    /// Rust with the system's allocator, optimised across all crates while it is linked.
    Linked,
}

impl BuildVariant {
    /// Its name, which is that of its cargo profile.
    pub fn name(self) -> &'static str {
        match self {
            BuildVariant::Go => "go",
            BuildVariant::GoOldCollector => "go-nogreentea",
            BuildVariant::System => "system",
            BuildVariant::Mimalloc => "mimalloc",
            BuildVariant::Mimalloc2 => "mimalloc2",
            BuildVariant::Jemalloc => "jemalloc",
            BuildVariant::Linked => "linked",
        }
    }

    /// What its programs call their allocator, which in Rust is a feature of `pair`.
    pub fn allocator(self) -> &'static str {
        match self {
            BuildVariant::GoOldCollector => BuildVariant::Go.name(),
            BuildVariant::Linked => BuildVariant::System.name(),
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

//! The settings under which a case is measured, each declared once: environment and build.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use lab_workspace::{build_variant::BuildVariant, language::Language, suggest};

/// The name of the setting in which nothing is set.
pub const DEFAULT: &str = "default";

/// Memory of a process that a memory limit has to leave room for, or that it follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Peak memory of the Rust program.
    pub twin_peak_bytes: u64,
    /// Largest live heap after a complete collection.
    pub live_bytes: u64,
    /// Memory of the runtime outside of the heap, which a limit counts too.
    pub outside_heap_bytes: u64,
}

/// Smallest live heap for a memory limit: below it a limit only measures the runtime, because Go collects no smaller
/// heap.
const MIN_LIVE: u64 = 4 << 20;

/// Smallest peak of a Rust program that can be a memory limit: below it the limit only measures Go's runtime.
pub const MIN_TWIN_PEAK: u64 = 64 << 20;

/// What a memory limit is a multiple of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitedBy {
    /// The largest live heap of the case.
    LiveSize,
    /// The peak memory of the Rust program with the same case.
    TwinPeak,
}

/// A setting of a language.
#[derive(Debug, PartialEq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// Its language.
    pub language: Language,
    /// Description in a few words.
    pub says: &'static str,
    /// Its build.
    pub build: BuildVariant,
    variables: &'static [(&'static str, &'static str)],
    /// The memory limit: a multiple of what.
    limit: Option<(f64, LimitedBy)>,
}

/// The track of a figure: a ratio never mixes the two tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Track {
    /// Release settings, with nothing else set.
    Default,
    /// Something is set, and named.
    Tuned,
}

const fn go(
    name: &'static str,
    says: &'static str,
    variables: &'static [(&'static str, &'static str)],
) -> Setting {
    Setting {
        name,
        language: Language::Go,
        says,
        build: BuildVariant::Go,
        variables,
        limit: None,
    }
}

const fn limited(
    name: &'static str,
    says: &'static str,
    variables: &'static [(&'static str, &'static str)],
    times: f64,
) -> Setting {
    Setting {
        limit: Some((times, LimitedBy::LiveSize)),
        ..go(name, says, variables)
    }
}

const fn limited_by_twin(name: &'static str, says: &'static str, times: f64) -> Setting {
    Setting {
        limit: Some((times, LimitedBy::TwinPeak)),
        ..go(name, says, OFF)
    }
}

/// The variable of Go's memory limit.
pub const LIMIT: &str = "GOMEMLIMIT";

/// Nothing but a limit makes the collector run.
const OFF: &[(&str, &str)] = &[("GOGC", "off")];

const fn rust(
    name: &'static str,
    says: &'static str,
    build: BuildVariant,
    variables: &'static [(&'static str, &'static str)],
) -> Setting {
    Setting {
        name,
        language: Language::Rust,
        says,
        build,
        variables,
        limit: None,
    }
}

/// glibc keeps what is freed, whatever its size.
macro_rules! kept {
    () => {
        "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=17179869184"
    };
}

/// The same, with one arena for all threads.
const ONE_ARENA: &str = concat!(kept!(), ":glibc.malloc.arena_max=1");

/// All settings.
pub static SETTINGS: [Setting; 28] = [
    go(DEFAULT, "Go's defaults", &[]),
    go("gogc10", "GOGC=10", &[("GOGC", "10")]),
    go("gogc50", "GOGC=50", &[("GOGC", "50")]),
    go(
        "gogc100",
        "GOGC=100, which is Go's default",
        &[("GOGC", "100")],
    ),
    go("gogc200", "GOGC=200", &[("GOGC", "200")]),
    go("gogc400", "GOGC=400", &[("GOGC", "400")]),
    go("gogc1600", "GOGC=1600", &[("GOGC", "1600")]),
    go("gogcoff", "GOGC=off: no collection at all", OFF),
    limited(
        "limit0.5",
        "a GOMEMLIMIT of half the live size, GOGC at its default",
        &[],
        0.5,
    ),
    limited(
        "limit1.5",
        "GOGC=off and a GOMEMLIMIT of 1.5 times the live size",
        OFF,
        1.5,
    ),
    limited(
        "limit2",
        "GOGC=off and a GOMEMLIMIT of 2 times the live size",
        OFF,
        2.0,
    ),
    limited(
        "limit3",
        "GOGC=off and a GOMEMLIMIT of 3 times the live size",
        OFF,
        3.0,
    ),
    limited(
        "limit5",
        "GOGC=off and a GOMEMLIMIT of 5 times the live size",
        OFF,
        5.0,
    ),
    go(
        "limit1g",
        "GOGC=off and a GOMEMLIMIT of 1 GiB",
        &[("GOGC", "off"), (LIMIT, "1GiB")],
    ),
    go(
        "limit2g",
        "GOGC=off and a GOMEMLIMIT of 2 GiB",
        &[("GOGC", "off"), (LIMIT, "2GiB")],
    ),
    limited_by_twin(
        "twin1.25",
        "GOGC=off and a GOMEMLIMIT of 1.25 times the peak of the Rust program",
        1.25,
    ),
    limited_by_twin(
        "twin2",
        "GOGC=off and a GOMEMLIMIT of 2 times the peak of the Rust program",
        2.0,
    ),
    Setting {
        build: BuildVariant::GoOldCollector,
        ..go(
            "nogreentea",
            "built with the collector that was the default before Go 1.26",
            &[],
        )
    },
    rust(
        DEFAULT,
        "the system's allocator with its defaults",
        BuildVariant::System,
        &[],
    ),
    rust(
        "kept",
        "the system's allocator, set to keep freed memory",
        BuildVariant::System,
        &[("GLIBC_TUNABLES", kept!())],
    ),
    rust(
        "one_arena",
        "the system's allocator, set to keep freed memory in one arena for all threads",
        BuildVariant::System,
        &[("GLIBC_TUNABLES", ONE_ARENA)],
    ),
    rust(
        "huge",
        "the system's allocator, set to use huge pages",
        BuildVariant::System,
        &[("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")],
    ),
    rust(
        "mimalloc",
        "mimalloc as the global allocator",
        BuildVariant::Mimalloc,
        &[],
    ),
    rust(
        "huge_mimalloc",
        "mimalloc, set to use huge pages",
        BuildVariant::Mimalloc,
        &[("MIMALLOC_ALLOW_LARGE_OS_PAGES", "1")],
    ),
    rust(
        "mimalloc2",
        "mimalloc 2 as the global allocator",
        BuildVariant::Mimalloc2,
        &[],
    ),
    rust(
        "jemalloc",
        "jemalloc as the global allocator",
        BuildVariant::Jemalloc,
        &[],
    ),
    rust(
        "jemalloc_background",
        "jemalloc, set to give memory back after a second, on a thread of its own",
        BuildVariant::Jemalloc,
        &[(
            "_RJEM_MALLOC_CONF",
            "background_thread:true,dirty_decay_ms:1000",
        )],
    ),
    rust(
        "linked",
        "linked as a whole: fat LTO, one codegen unit, panics that abort",
        BuildVariant::Linked,
        &[],
    ),
];

/// The setting of a language with this name.
pub fn get(language: Language, name: &str) -> Result<&'static Setting> {
    let all = || {
        SETTINGS
            .iter()
            .filter(|setting| setting.language == language)
    };
    if let Some(setting) = all().find(|setting| setting.name == name) {
        return Ok(setting);
    }
    let names: Vec<&str> = all().map(|setting| setting.name).collect();
    bail!("{}", suggest::unknown_name("setting", name, &names, None))
}

/// The words that choose settings: their names, and those for cores.
pub fn words() -> Vec<&'static str> {
    let names = SETTINGS.iter().map(|setting| setting.name);
    let mut seen = BTreeSet::new();
    names
        .chain(["one", "all"])
        .filter(|name| seen.insert(*name))
        .collect()
}

impl Setting {
    /// Its environment; a memory limit depends on what a run holds, or on what its twin takes.
    pub fn environment(&self, held: Held) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut environment: Vec<_> = self.variables.iter().map(owned).collect();
        let limit = self.limit.map(|(times, by)| match by {
            LimitedBy::LiveSize => {
                let live = times * held.live_bytes.max(MIN_LIVE) as f64;
                live as u64 + held.outside_heap_bytes
            }
            LimitedBy::TwinPeak => (times * held.twin_peak_bytes as f64) as u64,
        });
        environment.extend(limit.map(|limit| (LIMIT.to_owned(), limit.to_string())));
        environment
    }

    /// What its environment depends on, if it depends on the case.
    pub fn limited_by(&self) -> Option<LimitedBy> {
        self.limit.map(|(_, by)| by)
    }

    /// Whether nothing is ever collected: each sample then adds to the memory of its process.
    pub fn never_collects(&self) -> bool {
        let limited = self.variables.iter().any(|(name, _)| *name == LIMIT);
        self.limit.is_none() && !limited && self.variables.contains(&("GOGC", "off"))
    }

    /// Whether it configures glibc's allocator.
    pub fn is_of_glibc(&self) -> bool {
        self.variables
            .iter()
            .any(|(name, _)| *name == "GLIBC_TUNABLES")
    }

    /// The track of its figures.
    pub fn track(&self) -> Track {
        if self.name == DEFAULT {
            Track::Default
        } else {
            Track::Tuned
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_found_by_language_and_name() {
        assert_eq!(
            get(Language::Rust, "kept").unwrap().build,
            BuildVariant::System
        );
        assert_eq!(
            get(Language::Go, DEFAULT)
                .unwrap()
                .environment(Held::default()),
            []
        );
        let unknown = get(Language::Rust, "gogc50").unwrap_err().to_string();
        assert_eq!(
            unknown,
            "no setting is called \"gogc50\"; there are default, kept, one_arena, huge, mimalloc, huge_mimalloc, mimalloc2, jemalloc, jemalloc_background, linked"
        );
    }

    #[test]
    fn a_limit_follows_the_live_size() {
        let limit = get(Language::Go, "limit1.5").unwrap();
        let held = |live_bytes, outside_heap_bytes| Held {
            live_bytes,
            outside_heap_bytes,
            ..Held::default()
        };
        let value = |live, outside| limit.environment(held(live, outside))[1].1.clone();
        assert_eq!(value(100 << 20, 0), (150 << 20).to_string());
        assert_eq!(value(100 << 20, 5 << 20), (155 << 20).to_string());
        assert_eq!(value(1, 0), (6 << 20).to_string());
        assert_eq!(limit.track(), Track::Tuned);
        assert!(!limit.never_collects());
        assert!(get(Language::Go, "gogcoff").unwrap().never_collects());
        let fixed = get(Language::Go, "limit2g").unwrap();
        assert!(!fixed.never_collects() && fixed.limited_by().is_none());
        let too_low = get(Language::Go, "limit0.5")
            .unwrap()
            .environment(held(100 << 20, 0));
        let expected = ("GOMEMLIMIT".to_owned(), (50 << 20).to_string());
        assert_eq!(too_low, [expected]);
    }

    #[test]
    fn a_limit_may_follow_the_peak_of_the_rust_program() {
        let held = Held {
            twin_peak_bytes: 100 << 20,
            live_bytes: 7 << 20,
            outside_heap_bytes: 3 << 20,
        };
        let twin = get(Language::Go, "twin1.25").unwrap();
        let expected = [("GOGC", "off"), (LIMIT, "131072000")].map(|(n, v)| (n.into(), v.into()));
        assert_eq!(twin.environment(held), expected);
        assert_eq!(twin.limited_by(), Some(LimitedBy::TwinPeak));
        assert!(!twin.never_collects());
    }
}

//! Deep checks, which take longer than tests may: each is a list of commands, and lists its needs.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};
use lab_workspace::{folder, output::print, process_group::ProcessGroup, project::Project};

/// A deep check.
#[derive(Debug)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// A short description.
    pub says: &'static str,
    needs: &'static [Need],
    /// `KEY=VALUE`; `{target}` is the folder for what is built.
    env: &'static [&'static str],
    /// Commands as one types them, without quotes: a `lab` is this program. `{target}` as above, `{scripts}` all
    /// folders of scripts.
    commands: &'static [&'static str],
}

/// A tool that not every machine has.
#[derive(Debug)]
struct Need {
    /// The command that succeeds if the tool is installed.
    works: &'static str,
    /// The command that installs it, if it may run without asking.
    get: Option<&'static str>,
    /// The message if it is missing.
    skipped: &'static str,
}

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All commands succeeded.
    Passed,
    /// Something is missing here.
    Skipped,
    /// A command failed.
    Failed,
}

const NIGHTLY: Need = Need {
    works: "cargo +nightly --version",
    get: None,
    skipped: "it needs nightly Rust: rustup toolchain install nightly",
};
const MIRI: Need = Need {
    works: "cargo +nightly miri --version",
    get: Some("rustup +nightly component add miri rust-src"),
    skipped: "Miri needs nightly Rust: rustup toolchain install nightly --component miri,rust-src",
};
const CARGO_FUZZ: Need = Need {
    works: "cargo fuzz --version",
    get: Some("cargo install --locked --quiet cargo-fuzz@0.13.2"),
    skipped: "cargo-fuzz is missing and could not be installed: cargo install --locked cargo-fuzz",
};
const CARGO_DENY: Need = Need {
    works: "cargo deny --version",
    get: Some("cargo install --locked --quiet cargo-deny@0.20.2"),
    skipped: "cargo-deny is missing and could not be installed: cargo install --locked cargo-deny",
};
const ADVISORIES: Need = Need {
    works: "cargo deny fetch db",
    get: None,
    skipped: "the database of advisories could not be downloaded",
};

const fn check(name: &'static str, says: &'static str, commands: &'static [&'static str]) -> Check {
    Check {
        name,
        says,
        needs: &[],
        env: &[],
        commands,
    }
}

/// All checks, in the order in which they are run.
pub const CHECKS: &[Check] = &[
    check(
        "test",
        "all tests of both languages",
        &["cargo test --workspace --no-fail-fast", "lab go test ./..."],
    ),
    Check {
        env: &["LAB_KILLS=100"],
        ..check(
            "tools-under-faults",
            "the lab while it is killed a hundred times, and with programs that hang",
            &["cargo test --package lab --test lab faults:: -- --include-ignored"],
        )
    },
    check(
        "modules",
        "the checksums of Go's modules",
        &["lab go mod verify"],
    ),
    Check {
        needs: &[CARGO_DENY],
        ..check(
            "licences",
            "licences, bans and sources of dependencies",
            &[
                "cargo deny --manifest-path Cargo.toml --config deny.toml check licenses bans sources",
                "cargo deny --manifest-path tests/fuzz/Cargo.toml --config deny.toml check licenses bans sources",
            ],
        )
    },
    Check {
        needs: &[CARGO_DENY, ADVISORIES],
        ..check(
            "advisories",
            "known vulnerabilities of dependencies",
            &["cargo deny check advisories"],
        )
    },
    // The programs too, in a folder of their own; each would wait for a second at its end.
    Check {
        env: &[
            "LAB_RACE=1",
            "GORACE=atexit_sleep_ms=0",
            "CARGO_TARGET_DIR={target}/race",
        ],
        ..check(
            "race",
            "Go's race detector: its tests, every kept script, the server under attack",
            &[
                "lab go test -race ./...",
                "lab verify",
                "cargo test --target-dir {target} --package tests --test tools -- server_attack:: server_stop::",
            ],
        )
    },
    check(
        "checkptr",
        "Go's tests with every conversion of a pointer checked",
        &["lab go test -gcflags=-d=checkptr ./..."],
    ),
    check(
        "valgrind",
        "the Rust programs under valgrind",
        &["cargo test --package tests --test tools -- valgrind:: --include-ignored --nocapture"],
    ),
    // The leak sanitizer comes with that of addresses.
    Check {
        needs: &[NIGHTLY],
        env: &[
            "RUSTFLAGS=-Zsanitizer=address",
            "CARGO_TARGET_DIR={target}/sanitize",
        ],
        ..check(
            "sanitize",
            "the address sanitizer on the crates that are about memory",
            &[
                "cargo +nightly test --package pair --package allocator --package cycles --package leaks --target host-tuple --tests",
            ],
        )
    },
    // The other unsafe code; what else pair does asks the system for what Miri does not have.
    Check {
        needs: &[NIGHTLY, MIRI],
        env: &["MIRIFLAGS=-Zmiri-disable-isolation"],
        ..check(
            "miri",
            "the tests of unsafe code in Miri",
            &[
                "cargo +nightly miri test --package allocator --tests",
                "cargo +nightly miri test --package pair --test heap",
            ],
        )
    },
    check(
        "fuzz-go",
        "fuzzes Go's reader of scripts for a minute",
        &["lab go test ./pair -run ^$ -fuzz FuzzScript -fuzztime 60s"],
    ),
    // New inputs go into the first folder; the others are seeds.
    Check {
        needs: &[NIGHTLY, CARGO_FUZZ],
        ..check(
            "fuzz",
            "fuzzes Rust's readers of scripts, results and journals for a minute each",
            &[
                "mkdir -p tests/fuzz/corpus/script tests/fuzz/corpus/result tests/fuzz/corpus/journal",
                "cargo +nightly fuzz run --fuzz-dir tests/fuzz script tests/fuzz/corpus/script {scripts} -- -max_total_time=60",
                "cargo +nightly fuzz run --fuzz-dir tests/fuzz result tests/fuzz/corpus/result tests/fuzz/seeds/result -- -max_total_time=60",
                "cargo +nightly fuzz run --fuzz-dir tests/fuzz journal tests/fuzz/corpus/journal tests/fuzz/seeds/journal -- -max_total_time=60",
            ],
        )
    },
    check(
        "scripts",
        "9100 generated scripts for each topic",
        &["lab difftest --scripts 9100"],
    ),
    check("mutants", "all planted bugs", &["lab mutants"]),
    check(
        "stalls",
        "the load generator while it is stopped",
        &["cargo test --package load --test load -- --ignored"],
    ),
    // One at a time, each needs the machine for itself; as fast as it is used, since it is compared.
    check(
        "generators",
        "the load generator compared with oha and wrk, our servers with bare ones",
        &[
            "cargo test --release --package tests --test tools -- load_generators:: --include-ignored --nocapture --test-threads 1",
        ],
    ),
    check(
        "bare",
        "the timed cases beside bare programs that use nothing of this project",
        &[
            "cargo test --release --package tests --test tools -- bare:: --include-ignored --nocapture --test-threads 1",
        ],
    ),
    check(
        "axe",
        "axe-core on every kind of page of the book, wide and on a phone",
        &["cargo test --package book --test book -- axe:: --ignored"],
    ),
    // As fast as it is used.
    check(
        "playground",
        "how long the playground takes to answer; the machine has to be quiet",
        &["cargo test --release --package book --test book -- latency:: --ignored --nocapture"],
    ),
    check(
        "points",
        "server scenarios: lab point and lab sweep",
        &["cargo test --package lab --test lab point:: -- --ignored"],
    ),
    check(
        "new-pairs",
        "two new pairs and a claim in a copy, with all tests and mutants",
        &["cargo test --package tests --test tools -- new_pairs:: --ignored --nocapture"],
    ),
];

impl Check {
    /// Runs its commands; one that fails keeps those behind it from running.
    pub fn run(&self, project: &Project) -> Result<Outcome> {
        for need in self.needs {
            if !need.is_met(project)? {
                print(&format!("skipped: {}", need.skipped))?;
                return Ok(Outcome::Skipped);
            }
        }
        for command in self.commands {
            print(&format!("$ {command}"))?;
            let mut process = process(project, command)?;
            for variable in self.env {
                let (key, value) = variable.split_once('=').context("KEY=VALUE")?;
                process.env(key, filled(project, value));
            }
            let status = ProcessGroup::status(&mut process);
            if !status.with_context(|| cannot_start(command))?.success() {
                return Ok(Outcome::Failed);
            }
        }
        Ok(Outcome::Passed)
    }
}

impl Need {
    fn is_met(&self, project: &Project) -> Result<bool> {
        Ok(succeeds(project, self.works)?
            || match self.get {
                Some(get) => succeeds(project, get)? && succeeds(project, self.works)?,
                None => false,
            })
    }
}

/// Whether a command succeeds, in silence; one that is not there does not.
fn succeeds(project: &Project, command: &str) -> Result<bool> {
    let mut process = process(project, command)?;
    let process = process.stdout(Stdio::null()).stderr(Stdio::null());
    Ok(ProcessGroup::status(process).is_ok_and(|status| status.success()))
}

fn process(project: &Project, command: &str) -> Result<Command> {
    let mut words = command.split(' ');
    let program = words.next().unwrap_or_default();
    let program = match program {
        "lab" => env::current_exe().context("cannot tell where this program is")?,
        other => PathBuf::from(other),
    };
    let mut process = Command::new(program);
    process.current_dir(&project.root);
    for word in words {
        match word {
            "{scripts}" => process.args(script_folders(project)?),
            word => process.arg(filled(project, word)),
        };
    }
    Ok(process)
}

fn filled(project: &Project, word: &str) -> String {
    word.replace("{target}", &project.target().to_string_lossy())
}

/// The folders of scripts, from the top folder.
fn script_folders(project: &Project) -> Result<Vec<String>> {
    let paths = folder::entries(&project.root.join("tests/scripts"))?.into_iter();
    let paths = paths.filter_map(|path| path.strip_prefix(&project.root).map(Path::to_owned).ok());
    Ok(paths.map(|path| path.display().to_string()).collect())
}

fn cannot_start(command: &str) -> String {
    format!("cannot start {}", command.split(' ').next().unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn outcome(needs: &'static [Need], commands: &'static [&'static str]) -> Outcome {
        let check = Check {
            needs,
            env: &["LAB_DEEP={target}/x"],
            ..check("x", "x", commands)
        };
        check.run(&Project::find().unwrap()).unwrap()
    }

    const ABSENT: Need = Need {
        works: "no-such-program-as-this",
        get: Some("false"),
        skipped: "it is not there",
    };

    #[test]
    fn a_check_passes_fails_at_its_first_failure_or_is_skipped() {
        assert_eq!(outcome(&[], &["true", "true"]), Outcome::Passed);
        assert_eq!(outcome(&[], &["false", "no-such-program"]), Outcome::Failed);
        assert_eq!(outcome(&[ABSENT], &["false"]), Outcome::Skipped);
        assert_eq!(outcome(&[], &["printenv LAB_DEEP"]), Outcome::Passed);
        assert_eq!(outcome(&[], &["test -d {scripts}"]), Outcome::Failed);
        assert_eq!(outcome(&[], &["ls {scripts}"]), Outcome::Passed);
    }

    #[test]
    fn every_check_has_a_name_of_its_own_and_commands() {
        let names: BTreeSet<_> = CHECKS.iter().map(|check| check.name).collect();
        assert_eq!(names.len(), CHECKS.len());
        for check in CHECKS {
            assert!(!check.commands.is_empty(), "{}", check.name);
            for command in check.commands {
                let known = ["cargo ", "lab ", "mkdir "];
                assert!(
                    known.iter().any(|word| command.starts_with(word)),
                    "{command}"
                );
            }
        }
    }
}

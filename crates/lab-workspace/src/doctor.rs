//! What this machine has of what the project needs, and the command that gets the rest.

use std::{env::consts::OS, process::Command};

use crate::{
    project::Project,
    toolchain::{self, Go, on_path},
    tools,
};

/// One thing that the project needs or can use.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What it is called.
    pub name: &'static str,
    /// What it is good for.
    pub purpose: &'static str,
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
    let shown = |go: &Go| {
        format!(
            "{}{}",
            go.version(),
            if go.pinned() {
                " (the project's own)"
            } else {
                ""
            }
        )
    };
    let pip = toolchain::python();
    let mut findings = vec![
        Finding {
            name: "rust",
            purpose: "builds the Rust side",
            found: first_line("rustc", &["--version"]),
            needed: true,
            get: "rustup update stable".to_owned(),
        },
        Finding {
            name: "cc",
            purpose: "links what Rust compiles",
            found: toolchain::linker()
                .then(|| first_line("cc", &["--version"]).unwrap_or_default()),
            needed: true,
            get: package("gcc", "xcode-select --install"),
        },
        Finding {
            name: "go",
            purpose: if Go::installed().is_some() {
                "the one here is too old; builds the Go side"
            } else {
                "builds the Go side"
            },
            found: go.as_ref().map(shown),
            needed: pip.is_none(),
            get: if pip.is_some() {
                "cargo lab go version".to_owned()
            } else {
                package("python3-pip", "brew install go")
            },
        },
        optional(
            "rustfmt",
            "formats Rust",
            first_line("rustfmt", &["--version"]),
            "rustup component add rustfmt",
        ),
        optional(
            "clippy",
            "lints Rust",
            first_line("clippy-driver", &["--version"]),
            "rustup component add clippy",
        ),
        optional(
            "staticcheck",
            "lints Go",
            go.as_ref()
                .and_then(|go| tools::staticcheck(project, go))
                .and_then(|path| first_line(&path.to_string_lossy(), &["--version"])),
            &tools::get_staticcheck(),
        ),
        optional(
            "cargo-make",
            "runs the tasks",
            first_line("cargo-make", &["make", "--version"]),
            "cargo install --locked cargo-make",
        ),
    ];
    if OS == "linux" {
        findings.extend(on_linux());
    }
    let browser = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(on_path);
    let get = package("chromium", "brew install --cask chromium");
    findings.push(optional(
        "chromium",
        "looks at the book in tests",
        browser.map(|path| path.display().to_string()),
        &get,
    ));
    if go.is_none() {
        let get = package("python3-pip", "brew install python3");
        findings.push(optional(
            "pip",
            "fetches the pinned Go",
            pip.map(str::to_owned),
            &get,
        ));
    }
    findings
}

/// What is of use on Linux alone.
fn on_linux() -> [Finding; 3] {
    [
        optional(
            "valgrind",
            "looks for leaks in tests, counts cache misses",
            first_line("valgrind", &["--version"]),
            &package("valgrind", ""),
        ),
        optional(
            "oha",
            "load in tests, beside our own",
            first_line("oha", &["--version"]),
            "cargo install --locked oha",
        ),
        optional(
            "wrk",
            "load in tests, beside our own",
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
        purpose,
        found,
        needed: false,
        get: get.to_owned(),
    }
}

/// The first line that a program prints, if it runs.
fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output
        .status
        .success()
        .then(|| text.lines().next().unwrap_or_default().to_owned())
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

//! The user's own configuration of builds, and which of it our builds ignore: variables of the shell,
//! `go env -w`, and cargo's configuration files.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use super::GO_FLAGS;
use crate::build_variant::{self, CODEGEN_UNITS, RELEASE};

/// Variables that change what is built, or how a program runs.
const VARIABLES: [&str; 22] = [
    "CGO_ENABLED",
    "CARGO_INCREMENTAL",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CFLAGS",
    "CXXFLAGS",
    "GLIBC_TUNABLES",
    "GO111MODULE",
    "GODEBUG",
    "GOEXPERIMENT",
    "GOFLAGS",
    "GOGC",
    "GOMAXPROCS",
    "GOMEMLIMIT",
    "GOOS",
    "GOARCH",
    "GOAMD64",
    "GOARM64",
    "GOROOT",
    "GOWORK",
    "LDFLAGS",
    "LD_PRELOAD",
];

/// The same, as beginnings and ends of names.
const PATTERNS: [(&str, &str); 7] = [
    ("", "RUSTFLAGS"),
    ("", "_CFLAGS"),
    ("CGO_", "FLAGS"),
    ("RUSTC_", "WRAPPER"),
    ("CARGO_PROFILE_", ""),
    ("MALLOC_", ""),
    ("MIMALLOC_", ""),
];

/// Keys of the user's cargo configuration that change a build of a profile.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CargoConfiguration {
    /// The keys and their files.
    found: Vec<(String, PathBuf)>,
}

impl CargoConfiguration {
    /// Reads the files that cargo reads in a folder, with those that they include.
    pub fn read(folder: &Path) -> Self {
        let mut cargo = CargoConfiguration::default();
        let above = folder.ancestors().map(|above| above.join(".cargo"));
        for place in above.chain(cargo_home()) {
            // Of both, cargo reads the one without an ending.
            let files = ["config", "config.toml"].map(|name| place.join(name));
            if let Some(file) = files.iter().find(|file| file.is_file()) {
                cargo.read_file(file, 0);
            }
        }
        cargo
    }

    fn read_file(&mut self, file: &Path, depth: usize) {
        // What cargo cannot read it says itself.
        let Ok(text) = fs::read_to_string(file) else {
            return;
        };
        let Ok(table) = text.parse::<Table>() else {
            return;
        };
        let included = table.get("include").and_then(Value::as_array);
        for include in included.into_iter().flatten() {
            let path = include.as_str().or_else(|| include.get("path")?.as_str());
            if let (Some(path), Some(folder), true) = (path, file.parent(), depth < 9) {
                self.read_file(&folder.join(path), depth + 1);
            }
        }
        let mut keys = Vec::new();
        for (name, value) in &table {
            leaves(&quoted(name), value, &mut keys);
        }
        let matters = keys.into_iter().filter(|key| matters(key));
        self.found.extend(matters.map(|key| (key, file.to_owned())));
    }

    /// Whether it names a target for which everything is built.
    pub fn names_a_target(&self) -> bool {
        self.found.iter().any(|(key, _)| key == "build.target")
    }

    /// What replaces it on cargo's command line, for a build of this profile.
    pub fn replaced(&self, profile: &str) -> Vec<String> {
        let ours = |key, usual| build_variant::value(profile, key, usual);
        let stated =
            RELEASE.map(|(key, usual)| format!("profile.{profile}.{key}={}", ours(key, usual)));
        let mut all = stated.to_vec();
        for (key, _) in &self.found {
            let Some((place, last)) = key.rsplit_once('.') else {
                continue;
            };
            if key.starts_with("env.") && !["force", "relative"].contains(&last) {
                all.push(format!("{key}=\"\""));
            }
            let profiles = ["profile.release".to_owned(), format!("profile.{profile}")];
            let is_ours = profiles
                .iter()
                .any(|ours| place == ours || place.starts_with(&format!("{ours}.")));
            let known = RELEASE.into_iter().chain([CODEGEN_UNITS]);
            if let (true, Some((_, usual))) =
                (is_ours, known.into_iter().find(|(key, _)| *key == last))
            {
                let value = ours(last, usual);
                all.push(format!("{key}={value}"));
                // A profile of our own inherits from the one that the user set.
                if place == "profile.release" && profile != "release" {
                    all.push(format!("profile.{profile}.{last}={value}"));
                }
            }
        }
        all
    }

    /// The keys with their files, as a person reads them.
    pub fn shown(&self) -> Vec<String> {
        let shown = |(key, file): &(String, PathBuf)| format!("{key} ({})", file.display());
        self.found.iter().map(shown).collect()
    }
}

/// The user's settings that our builds ignore, a few words each; `folder` is the project's.
pub fn ignored(folder: &Path) -> Vec<String> {
    let names = env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        let is_ours = name == "GOFLAGS" && value == GO_FLAGS;
        (is_flag(&name) && !value.is_empty() && !is_ours).then_some(name)
    });
    let mut all: Vec<String> = names.collect();
    all.sort();
    let written = go_env_file().into_iter().filter(|(name, value)| {
        let is_ours = name == "GOFLAGS" && value == GO_FLAGS;
        !super::GO.contains(&name.as_str()) && !value.is_empty() && !is_ours
    });
    all.extend(written.map(|(name, _)| format!("{name} (go env -w)")));
    all.extend(CargoConfiguration::read(folder).shown());
    all
}

/// What `go env -w` has written.
pub fn go_env_file() -> BTreeMap<String, String> {
    let file = match env::var_os("GOENV") {
        Some(off) if off == "off" => return BTreeMap::new(),
        Some(file) if !file.is_empty() => Some(PathBuf::from(file)),
        _ => user_config().map(|folder| folder.join("go/env")),
    };
    let text = file.and_then(|file| fs::read_to_string(file).ok());
    let text = text.unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.trim().split_once('='));
    lines
        .filter(|(name, _)| !name.starts_with('#'))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Where Go looks for the configuration of a user.
fn user_config() -> Option<PathBuf> {
    let folder = |name| {
        env::var_os(name)
            .filter(|f| !f.is_empty())
            .map(PathBuf::from)
    };
    match env::consts::OS {
        "windows" => folder("APPDATA"),
        "macos" => Some(folder("HOME")?.join("Library/Application Support")),
        _ => folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config"))),
    }
}

fn cargo_home() -> Option<PathBuf> {
    match env::var_os("CARGO_HOME") {
        Some(home) if !home.is_empty() => Some(home.into()),
        _ => env::home_dir().map(|home| home.join(".cargo")),
    }
}

fn is_flag(name: &str) -> bool {
    let fits = |(begin, end): &(&str, &str)| name.starts_with(begin) && name.ends_with(end);
    VARIABLES.contains(&name) || PATTERNS.iter().any(fits)
}

/// Whether a key of cargo's configuration changes what a release build makes.
fn matters(key: &str) -> bool {
    let build = [
        "rustflags",
        "target",
        "rustc-wrapper",
        "rustc-workspace-wrapper",
        "incremental",
    ];
    match key.split_once('.') {
        Some(("build", key)) => build.contains(&key),
        Some(("target", key)) => key.ends_with(".rustflags"),
        Some(("profile", key)) => !["dev.", "test.", "bench.", "doc."]
            .iter()
            .any(|other| key.starts_with(other)),
        Some(("env", key)) => key.split('.').next().is_some_and(is_flag),
        _ => false,
    }
}

/// The dotted keys of all values that are no tables, as cargo's `--config` takes them.
fn leaves(key: &str, value: &Value, keys: &mut Vec<String>) {
    match value {
        Value::Table(table) => {
            for (name, value) in table {
                leaves(&format!("{key}.{}", quoted(name)), value, keys);
            }
        }
        _ => keys.push(key.to_owned()),
    }
}

/// A part of a key, in quotes where it needs them.
fn quoted(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(is_bare) {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> CargoConfiguration {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".cargo")).unwrap();
        let file = folder.path().join(".cargo/config.toml");
        fs::write(&file, text).unwrap();
        let mut cargo = CargoConfiguration::read(folder.path());
        // The user who runs this test may have a configuration, too.
        cargo.found.retain(|(_, place)| *place == file);
        cargo
    }

    #[test]
    fn what_changes_code_is_found_and_the_rest_is_left() {
        let cargo = read(
            "[build]\ntarget = \"x\"\njobs = 1\nrustflags = [\"-g\"]\n\
             [net]\noffline = true\n[target.'cfg(unix)']\nrustflags = []\nlinker = \"ld\"\n\
             [profile.dev]\nopt-level = 1\n[profile.release]\nlto = true\n\
             [env]\nCFLAGS = { value = \"-O0\", force = true }\nX = \"1\"\n",
        );
        let keys: Vec<_> = cargo.found.iter().map(|(key, _)| key.as_str()).collect();
        let expected = [
            "build.rustflags",
            "build.target",
            "env.CFLAGS.force",
            "env.CFLAGS.value",
            "profile.release.lto",
            "target.\"cfg(unix)\".rustflags",
        ];
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, expected);
        assert!(cargo.names_a_target());
        let replaced = cargo.replaced("release");
        assert!(
            replaced.contains(&"env.CFLAGS.value=\"\"".to_owned()),
            "{replaced:?}"
        );
        assert!(
            !replaced.iter().any(|r| r.contains("force")),
            "{replaced:?}"
        );
    }

    #[test]
    fn profiles_are_replaced_down_to_single_packages() {
        let cargo = read(
            "[profile.release]\ncodegen-units = 1\n[profile.release.package.\"*\"]\nopt-level = 0\n",
        );
        let replaced = cargo.replaced("system");
        for expected in [
            "profile.system.opt-level=3",
            "profile.release.codegen-units=16",
            "profile.system.codegen-units=16",
            "profile.release.package.\"*\".opt-level=3",
        ] {
            assert!(
                replaced.iter().any(|r| r == expected),
                "{replaced:?} lacks {expected}"
            );
        }
        let usual = CargoConfiguration::default().replaced("release");
        assert!(
            !usual.iter().any(|r| r.contains("codegen-units")),
            "{usual:?}"
        );
    }

    #[test]
    fn included_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        fs::write(&file, "include = [\"a.toml\", { path = \"b.toml\" }]\n").unwrap();
        for name in ["a", "b"] {
            let text = format!(
                "[profile.release]\n{} = 1\n",
                ["lto", "debug"][usize::from(name == "b")]
            );
            fs::write(folder.path().join(name).with_extension("toml"), text).unwrap();
        }
        let mut cargo = CargoConfiguration::default();
        cargo.read_file(&file, 0);
        assert_eq!(cargo.found.len(), 2);
    }
}

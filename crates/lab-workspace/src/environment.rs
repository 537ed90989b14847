//! Which variables of the user's shell a program sees that we run. A compiler gets what tells it where
//! things are and how to reach the network; a program that is verified or measured gets nothing but a
//! folder for temporary files. Flags are ours; [`user_configuration`] reads those of the user.

pub mod user_configuration;

use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use crate::{build_variant::RELEASE, project::Project};

/// The flags of every `go build`. As a variable they also replace those of Go's own configuration.
pub const GO_FLAGS: &str = "-buildvcs=false";

/// The level of x86-64 for which Go compiles: the one that every such processor has.
const GO_AMD64: &str = "v1";

/// What a compiler or another tool may need: where things are, which linker there is, how one reaches
/// the network, what the terminal can show.
const TOOLS: [&str; 41] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "CARGO_HOME",
    "CARGO_BUILD_JOBS",
    "CARGO_TARGET_DIR",
    "RUSTC",
    "CC",
    "CXX",
    "AR",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "LIBRARY_PATH",
    "CPATH",
    "C_INCLUDE_PATH",
    "PKG_CONFIG_PATH",
    "SDKROOT",
    "DEVELOPER_DIR",
    "LANG",
    "TERM",
    "COLUMNS",
    "NO_COLOR",
    "NETRC",
    "SSH_AUTH_SOCK",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "USERPROFILE",
    "USERNAME",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "ProgramFiles",
    "ProgramFiles(x86)",
    "SystemDrive",
    "SystemRoot",
    "windir",
    "ComSpec",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
];

/// The same, as the beginnings of names.
const TOOLS_BEGIN: [&str; 16] = [
    "RUSTUP_",
    "CARGO_NET_",
    "CARGO_HTTP_",
    "CARGO_REGISTRY_",
    "CARGO_REGISTRIES_",
    "CARGO_TERM_",
    "GIT_SSL_",
    "GIT_SSH",
    "GIT_CONFIG",
    "SSL_CERT_",
    "LAB_",
    "LC_",
    "NIX_",
    "PIP_",
    "PYTHON",
    "XDG_",
];

/// Proxies of a tool, in small letters or capitals.
const PROXIES: [&str; 4] = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];

/// Go's own, wherever they are set: where things are and which servers it uses. All of the others change what is
/// built.
const GO: [&str; 14] = [
    "GOAUTH",
    "GOBIN",
    "GOCACHE",
    "GOCACHEPROG",
    "GOINSECURE",
    "GOMODCACHE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOPATH",
    "GOPRIVATE",
    "GOPROXY",
    "GOSUMDB",
    "GOTOOLCHAIN",
    "GOVCS",
];

/// What a program that is verified or measured sees, beside `TMPDIR`: without the first, Windows starts
/// none; the second is read by those that were built to detect races, and by no other.
const PROGRAMS: [&str; 2] = ["SystemRoot", "GORACE"];

/// Starts a compiler or another tool.
pub fn tool(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear();
    command.envs(env::vars_os().filter(|(name, _)| is_for_tools(&name.to_string_lossy())));
    set_temporary(&mut command);
    command
}

/// Starts Rust's compiler.
pub fn rustc() -> Command {
    tool(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

/// Starts cargo, without flags and wrappers of the user's configuration.
pub fn cargo() -> Command {
    let mut cargo = tool(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        // Set, if to nothing, they replace what the configuration says.
        .env("CARGO_ENCODED_RUSTFLAGS", "")
        .env("RUSTC_WRAPPER", "")
        .env("RUSTC_WORKSPACE_WRAPPER", "")
        .env("CARGO_INCREMENTAL", "0");
    cargo
}

/// Starts a program of Go's in a folder: no workspace around it, no flags of the user's.
pub fn go(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut go = tool(program);
    go.current_dir(folder);
    if let Some(own) = instead_of_home() {
        go.env("GOCACHE", own.join("cache"))
            .env("GOPATH", own.join("path"));
    }
    go.envs(go_variables());
    go.env("GOENV", "off").env("GOWORK", "off");
    go.env("GOFLAGS", GO_FLAGS).env("GOAMD64", GO_AMD64);
    // What is built here runs here.
    if let Some((system, processor)) = go_host() {
        go.env("GOOS", system).env("GOARCH", processor);
    }
    if let Some(temporary) = temporary() {
        go.env("GOTMPDIR", temporary);
    }
    go
}

/// Starts a program that is verified or measured.
pub fn program(path: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(path);
    clear(&mut command);
    command
}

/// Leaves a program that is verified or measured nothing of the user's shell but a folder for temporary
/// files.
pub fn clear(command: &mut Command) -> &mut Command {
    command.env_clear();
    command.envs(
        PROGRAMS
            .iter()
            .filter_map(|name| Some((name, env::var_os(name)?))),
    );
    set_temporary(command)
}

/// The target for which the compiler here builds, such as `x86_64-unknown-linux-gnu`.
pub fn host() -> Option<&'static str> {
    static HOST: OnceLock<Option<String>> = OnceLock::new();
    let ask = || {
        let output = rustc().args(["--print", "host-tuple"]).output().ok()?;
        let host = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        (output.status.success() && !host.is_empty()).then_some(host)
    };
    HOST.get_or_init(ask).as_deref()
}

/// The folder for temporary files, if there is one in which programs run: the user's, or else one below
/// the folder for what is built.
pub fn temporary() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let users = env::temp_dir();
        if let Ok(users) = std::path::absolute(&users)
            && why_unusable(&users).is_none()
        {
            return Some(users);
        }
        let own = Project::find().ok()?.target().join("tmp");
        fs::create_dir_all(&own).ok()?;
        // Where this process makes its own, too.
        let _ = tempfile::env::override_temp_dir(own.clone().leak());
        why_unusable(&own).is_none().then_some(own)
    };
    FOLDER.get_or_init(find).as_deref()
}

/// A folder below the one for what is built, for what Go keeps, where there is no home or nothing can be
/// written to it.
fn instead_of_home() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let is_usable = |home: PathBuf| tempfile::tempfile_in(home).is_ok();
        if env::home_dir().is_some_and(is_usable) {
            return None;
        }
        Some(Project::find().ok()?.target().join("go-home"))
    };
    FOLDER.get_or_init(find).as_deref()
}

/// Why programs cannot be built and run in a folder, if they cannot.
pub fn why_unusable(folder: &Path) -> Option<String> {
    if !folder.is_dir() {
        return Some("there is no such folder".to_owned());
    }
    let tried = tempfile::Builder::new().prefix("lab-").tempdir_in(folder);
    let own = match tried {
        Ok(own) => own,
        // The error names the path that was tried.
        Err(error) => {
            let why = error.kind();
            return Some(format!("nothing can be written there: {why}"));
        }
    };
    is_noexec(own.path()).then(|| "no program can be started there (noexec)".to_owned())
}

#[cfg(unix)]
fn is_noexec(folder: &Path) -> bool {
    use std::{io::ErrorKind::PermissionDenied, os::unix::fs::PermissionsExt as _};
    let program = folder.join("program");
    let written = fs::write(&program, "#!/bin/sh\n")
        .and_then(|()| fs::set_permissions(&program, fs::Permissions::from_mode(0o755)));
    let mut command = Command::new(&program);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    written.is_ok()
        && command
            .status()
            .is_err_and(|error| error.kind() == PermissionDenied)
}

#[cfg(not(unix))]
fn is_noexec(_: &Path) -> bool {
    false
}

/// The flags with which what is timed is built, as a result keeps them.
pub fn flags() -> BTreeMap<String, String> {
    let release = RELEASE.map(|(key, value)| format!("{key}={value}"));
    let go = format!("{GO_FLAGS} GOAMD64={GO_AMD64}");
    [("go", go), ("rust", release.join(" "))]
        .map(|(language, flags)| (language.to_owned(), flags))
        .into()
}

fn is_for_tools(name: &str) -> bool {
    TOOLS.iter().any(|kept| kept.eq_ignore_ascii_case(name))
        || TOOLS_BEGIN.iter().any(|kept| name.starts_with(kept))
        || PROXIES.iter().any(|kept| kept.eq_ignore_ascii_case(name))
        || (name.starts_with("CARGO_TARGET_") && name.ends_with("_LINKER"))
}

fn set_temporary(command: &mut Command) -> &mut Command {
    let folder = temporary().map_or_else(env::temp_dir, Path::to_owned);
    let names: &[&str] = if cfg!(windows) {
        &["TEMP", "TMP"]
    } else {
        &["TMPDIR"]
    };
    command.envs(names.iter().map(|name| (name, &folder)))
}

/// What Go has to know of the user's settings; one of the shell comes before one of `go env -w`.
fn go_variables() -> Vec<(&'static str, OsString)> {
    let written = user_configuration::go_env_file();
    let value = |name: &'static str| {
        let set = env::var_os(name).filter(|value| !value.is_empty());
        let value = set.or_else(|| written.get(name).map(Into::into));
        value.map(|value| (name, value))
    };
    GO.into_iter().filter_map(value).collect()
}

/// This system and processor, as Go calls them.
fn go_host() -> Option<(&'static str, &'static str)> {
    let system = match env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        "riscv64" => "riscv64",
        _ => return None,
    };
    Some((system, processor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_gets_what_it_needs_and_no_flags() {
        for kept in [
            "PATH",
            "RUSTUP_HOME",
            "CARGO_HOME",
            "https_proxy",
            "HTTPS_PROXY",
            "SSL_CERT_FILE",
            "CARGO_NET_OFFLINE",
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER",
        ] {
            assert!(is_for_tools(kept), "{kept}");
        }
        for dropped in [
            "GOFLAGS",
            "GOGC",
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_PROFILE_RELEASE_LTO",
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
            "CARGO_BUILD_TARGET",
            "CFLAGS",
            "LD_PRELOAD",
            "MALLOC_ARENA_MAX",
        ] {
            assert!(!is_for_tools(dropped), "{dropped}");
        }
    }

    #[test]
    fn a_measured_program_sees_a_folder_and_nothing_else() {
        let command = program("x");
        let names: Vec<_> = command.get_envs().map(|(name, _)| name).collect();
        assert!(
            names
                .iter()
                .all(|name| *name == "TMPDIR" || *name == "GORACE"),
            "{names:?}"
        );
    }

    #[test]
    fn a_folder_that_is_missing_is_unusable() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(why_unusable(folder.path()), None);
        let why = why_unusable(&folder.path().join("missing")).unwrap();
        assert_eq!(why, "there is no such folder");
    }
}

//! Environment of a stranger: an ordinary user on an odd machine, with a fresh copy of the project.
//!
//! What works only for its authors fails here: three homes in three places, settings of both compilers
//! in the environment, a Go workspace above the project, a path that needs quoting, no git.

use std::{
    env, fs, io,
    os::unix::{
        fs::{PermissionsExt as _, lchown, symlink},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use nix::unistd::{User, geteuid};
use tempfile::TempDir;
use walkdir::WalkDir;

use lab_verify::mutants::copy::Copy;
use lab_workspace::{folder, project::Project, toolchain::on_path};

/// Settings that a user may have and that must change nothing. The collector is off, so a test that
/// counts on a collection says so; optimised code would carry debug assertions.
const SETTINGS: [(&str, &str); 5] = [
    ("GOFLAGS", "-gcflags=all=-N"),
    ("GOGC", "off"),
    ("GO111MODULE", "off"),
    ("GOAMD64", "v1"),
    ("RUSTFLAGS", "-C debug-assertions=on"),
];

/// Variables that a stranger keeps: how to reach the network and how to print.
const KEPT: [&str; 16] = [
    "LANG",
    "TERM",
    "CI",
    "NO_COLOR",
    "LAB_REQUIRE_TOOLS",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "PIP_CERT",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "https_proxy",
    "no_proxy",
    "GOPROXY",
    "GOSUMDB",
];

/// A foreign Go workspace that does not contain this project.
const WORKSPACE: &str = "go 1.21\n\nuse ./elsewhere\n";

/// The user that root switches to.
const ORDINARY: &str = "nobody";

/// User, homes, toolchain and copied project of one stranger, in one new folder.
pub struct StrangerEnvironment {
    folder: TempDir,
    user: Option<User>,
    path: std::ffi::OsString,
}

impl StrangerEnvironment {
    /// Copies the project, the toolchain and the registry's downloads into a new folder.
    pub fn new(project: &Project) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("stranger-")
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir()
            .context("cannot make a folder for the stranger")?;
        let user = if geteuid().is_root() {
            let user = User::from_name(ORDINARY)?;
            Some(user.with_context(|| format!("there is no user called {ORDINARY}"))?)
        } else {
            None
        };
        let at = |name: &str| folder.path().join(name);
        for name in ["home", "cargo/bin", "rustup/toolchains", "tools"] {
            fs::create_dir_all(at(name)).with_context(|| format!("cannot make {name}"))?;
        }
        fs::write(at("go.work"), WORKSPACE).context("cannot write go.work")?;
        let mut stranger = StrangerEnvironment {
            path: path_without_git(&folder.path().join("tools"))?,
            folder,
            user,
        };
        Copy::new(project, &stranger.project())?;
        stranger.copy_toolchain()?;
        stranger.copy_cargo_home()?;
        let own = [stranger.at("cargo/bin")];
        let others = env::split_paths(&stranger.path).collect::<Vec<_>>();
        stranger.path = env::join_paths(own.into_iter().chain(others))?;
        stranger.give_away()?;
        Ok(stranger)
    }

    /// Folder of the copied project.
    pub fn project(&self) -> PathBuf {
        self.at("zwei Wörter/project")
    }

    /// A program as the stranger runs it, in the copied project.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.project()).env_clear();
        let kept = KEPT
            .iter()
            .filter_map(|name| Some((name, env::var_os(name)?)));
        command.envs(kept).envs(SETTINGS);
        command
            .env("PATH", &self.path)
            .env("HOME", self.at("home"))
            .env("CARGO_HOME", self.at("cargo"))
            .env("RUSTUP_HOME", self.at("rustup"))
            .env("GOWORK", self.at("go.work"));
        if let Some(user) = &self.user {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }

    /// Keeps the folder, and says where it is.
    pub fn keep(self) -> PathBuf {
        self.folder.keep()
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes the toolchain in use the stranger's only one.
    fn copy_toolchain(&self) -> Result<()> {
        let printed = Command::new("rustc").args(["--print", "sysroot"]).output();
        let printed = printed.context("cannot start rustc")?;
        ensure!(
            printed.status.success(),
            "rustc --print sysroot: {}",
            String::from_utf8_lossy(&printed.stderr).trim_end()
        );
        let root = PathBuf::from(String::from_utf8_lossy(&printed.stdout).trim_end());
        let name = root.file_name().context("rustc has no folder")?;
        let copy = self.at("rustup/toolchains").join(name);
        if self.user.is_none() {
            symlink(&root, &copy).context("cannot link the toolchain")?;
        } else {
            link_all(&root, &copy).context("cannot copy the toolchain")?;
        }
        let name = name.to_string_lossy();
        let settings =
            format!("default_toolchain = \"{name}\"\nprofile = \"minimal\"\nversion = \"12\"\n");
        fs::write(self.at("rustup/settings.toml"), settings)
            .context("cannot write rustup's settings")
    }

    /// Copies cargo's programs and what it has fetched, and how it reaches its registry.
    fn copy_cargo_home(&self) -> Result<()> {
        let cargo = on_path("cargo").context("cargo is not on the PATH")?;
        let programs = cargo.parent().context("cargo lies in no folder")?;
        link_all(programs, &self.at("cargo/bin")).context("cannot copy cargo")?;
        if let Some(staticcheck) = on_path("staticcheck").or_else(installed_staticcheck) {
            link(&staticcheck, &self.at("cargo/bin/staticcheck"))?;
        }
        let home = match (env::var_os("CARGO_HOME"), env::var_os("HOME")) {
            (Some(home), _) => PathBuf::from(home),
            (None, Some(home)) => Path::new(&home).join(".cargo"),
            (None, None) => return Ok(()),
        };
        for name in ["config.toml", "config"] {
            if home.join(name).is_file() {
                fs::copy(home.join(name), self.at("cargo").join(name))?;
            }
        }
        for name in ["registry/index", "registry/cache"] {
            if home.join(name).is_dir() {
                folder::copy_all(&home.join(name), &self.at("cargo").join(name))?;
            }
        }
        Ok(())
    }

    /// Makes all of it belong to the stranger.
    fn give_away(&self) -> Result<()> {
        let Some(user) = &self.user else {
            return Ok(());
        };
        let linked = [self.at("rustup/toolchains"), self.at("cargo/bin")];
        let (uid, gid) = (Some(user.uid.as_raw()), Some(user.gid.as_raw()));
        let entries = WalkDir::new(self.folder.path()).into_iter();
        // Files that are links to somebody else's stay what they are.
        for entry in entries.filter_entry(|entry| !linked.contains(&entry.path().to_owned())) {
            let entry = entry?;
            lchown(entry.path(), uid, gid)
                .with_context(|| format!("cannot give away {}", entry.path().display()))?;
        }
        Ok(())
    }
}

/// Where `go install` leaves it.
fn installed_staticcheck() -> Option<PathBuf> {
    let printed = Command::new("go").args(["env", "GOPATH"]).output().ok()?;
    let folder = PathBuf::from(String::from_utf8_lossy(&printed.stdout).trim_end());
    let program = folder.join("bin/staticcheck");
    program.is_file().then_some(program)
}

/// The PATH, in which a folder that holds git is replaced by one that holds all else.
fn path_without_git(tools: &Path) -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").context("there is no PATH")?;
    let mut folders = Vec::new();
    for (index, folder) in env::split_paths(&path).enumerate() {
        if !folder.join("git").exists() {
            folders.push(folder);
            continue;
        }
        let without = tools.join(index.to_string());
        fs::create_dir(&without)?;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if !entry.file_name().to_string_lossy().starts_with("git") {
                symlink(entry.path(), without.join(entry.file_name()))?;
            }
        }
        folders.push(without);
    }
    Ok(env::join_paths(folders)?)
}

/// Copies a folder by links to the same files; what cannot be linked is copied.
fn link_all(from: &Path, to: &Path) -> Result<()> {
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let place = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&place)
                .with_context(|| format!("cannot make {}", place.display()))?;
        } else {
            link(entry.path(), &place)?;
        }
    }
    Ok(())
}

fn link(from: &Path, to: &Path) -> Result<()> {
    let target = fs::canonicalize(from)?;
    let is_linked = fs::hard_link(&target, to);
    let done = is_linked.or_else(|_: io::Error| fs::copy(&target, to).map(drop));
    done.with_context(|| format!("cannot copy {}", from.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_git_holds_all_other_programs() {
        let folder = tempfile::tempdir().unwrap();
        let path = path_without_git(folder.path()).unwrap();
        let found = |name| env::split_paths(&path).any(|folder| folder.join(name).exists());
        assert!(found("sh"), "{path:?}");
        assert!(!found("git"), "{path:?}");
    }

    #[test]
    fn a_copy_by_links_holds_the_same_files() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("a")).unwrap();
        fs::write(from.join("a/b"), "text").unwrap();
        symlink(from.join("a/b"), from.join("c")).unwrap();
        link_all(&from, &to).unwrap();
        assert_eq!(fs::read(to.join("a/b")).unwrap(), b"text");
        assert_eq!(fs::read(to.join("c")).unwrap(), b"text");
    }
}

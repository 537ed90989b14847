//! Writes a minimal new pair, which passes everything at once.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    cargo_lock, environment,
    line_width::RUSTFMT,
    project::{Project, places},
    toolchain::Go,
};

/// Each file of a pair, from the top folder, and what stands in it. `TOPIC` is the pair's name.
const FILES: [(&str, &str); 19] = [
    (
        "crates/TOPIC/Cargo.toml",
        include_str!("../templates/Cargo.toml.txt"),
    ),
    ("crates/TOPIC/rustfmt.toml", RUSTFMT),
    (
        "crates/TOPIC/README.md",
        include_str!("../templates/README.md.txt"),
    ),
    (
        "crates/TOPIC/notes.md",
        include_str!("../templates/notes.md.txt"),
    ),
    (
        "crates/TOPIC/src/lib.rs",
        include_str!("../templates/lib.rs.txt"),
    ),
    (
        "crates/TOPIC/src/script.rs",
        include_str!("../templates/script.rs.txt"),
    ),
    (
        "crates/TOPIC/src/contrast.rs",
        include_str!("../templates/contrast.rs.txt"),
    ),
    (
        "crates/TOPIC/src/measure.rs",
        include_str!("../templates/measure.rs.txt"),
    ),
    (
        "crates/TOPIC/src/main.rs",
        include_str!("../templates/main.rs.txt"),
    ),
    (
        "crates/TOPIC/tests/TOPIC.rs",
        include_str!("../templates/unit.rs.txt"),
    ),
    (MISTAKE, include_str!("../templates/mistake.rs.txt")),
    (
        "crates/TOPIC/mistakes/used_after_put.fix.rs",
        include_str!("../templates/mistake.fix.rs.txt"),
    ),
    (
        "go/TOPIC/TOPIC.go",
        include_str!("../templates/topic.go.txt"),
    ),
    (
        "go/TOPIC/script.go",
        include_str!("../templates/script.go.txt"),
    ),
    (
        "go/TOPIC/contrast.go",
        include_str!("../templates/contrast.go.txt"),
    ),
    (
        "go/TOPIC/measure.go",
        include_str!("../templates/measure.go.txt"),
    ),
    (
        "go/TOPIC/TOPIC_test.go",
        include_str!("../templates/topic_test.go.txt"),
    ),
    (
        "go/cmd/TOPIC/main.go",
        include_str!("../templates/main.go.txt"),
    ),
    (
        "tests/tests/pairs/TOPIC.rs",
        include_str!("../templates/tests.rs.txt"),
    ),
];

const MISTAKE: &str = "crates/TOPIC/mistakes/used_after_put.rs";

/// The scripts, each below a line `=== NAME`.
const SCRIPTS: &str = include_str!("../templates/scripts.txt");

/// The mutants, each below a line `=== SIDE/NAME`: a sentence and the patch that breaks the side so.
const MUTANTS: &str = include_str!("../templates/mutants.txt");

/// Words that are taken in one of the languages, or by cargo.
const TAKEN: &str = "abstract alloc any append as async await become bool box break build byte cap case \
    chan clear close cmd comparable complex const continue copy core crate default defer delete deps \
    do dyn else enum error examples extern fallthrough false final float fn for func gen go goto if \
    impl imag import in incremental init int interface internal iota len let loop macro main make \
    map match max min mod move mut new nil override package panic print println priv proc_macro pub \
    range real recover ref return rune select self static std string struct super switch test \
    testdata tests trait true try type typeof uintptr union unsafe unsized use var vendor virtual \
    where while yield aux con nul prn";

/// The pages of the book that are no chapters: a chapter's page is called like its pair.
pub const BOOK_PAGES: [&str; 13] = [
    "bias",
    "catalogue",
    "choose",
    "conclusion",
    "contributing",
    "index",
    "learn",
    "ledger",
    "load",
    "machine",
    "methodology",
    "results",
    "source",
];

/// The longest name that fits the tables.
const LONGEST: usize = 16;

/// Why a pair may not be called so, if it may not; `--only` takes the reserved words for something else.
pub fn refused(project: &Project, name: &str, reserved: &[&str]) -> Option<String> {
    let refusal = |why: &str| Some(format!("{name:?} cannot be a pair's name: {why}"));
    let shape = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.len() <= LONGEST;
    if !shape {
        return refusal(&format!(
            "expected one word of at most {LONGEST} lower-case letters and digits, beginning with a letter"
        ));
    }
    if TAKEN.split_whitespace().any(|word| word == name) {
        return refusal("the word has a meaning in Rust, Go or cargo");
    }
    if BOOK_PAGES.contains(&name) {
        return refusal("a page of the book has this name");
    }
    if reserved.contains(&name) {
        return refusal("--only uses this word for a group of measurements");
    }
    let digits = name.trim_start_matches(|c: char| c.is_ascii_lowercase());
    if !digits.is_empty() && digits.len() + 1 == name.len() {
        return refusal("a letter and a number are the name of a claim");
    }
    let exists = places(name)
        .into_iter()
        .find(|path| project.root.join(path).exists());
    if let Some(path) = exists {
        return refusal(&format!("{path} exists already"));
    }
    let lock = fs::read_to_string(project.root.join("Cargo.lock")).unwrap_or_default();
    let line = format!("name = {name:?}");
    if lock.lines().any(|found| found == line) {
        return refusal("a crate of this project, or one that it depends on, has this name");
    }
    let identifiers = FILES
        .iter()
        .flat_map(|(_, text)| identifiers(text))
        .collect::<BTreeSet<_>>();
    if identifiers.contains(name) {
        return refusal("the code of a new pair uses this word");
    }
    None
}

/// Why a pair may not be called so because of Go's own library, if it may not.
pub fn refused_by_go(project: &Project, go: &Go, name: &str) -> Result<Option<String>> {
    let is_taken = clashes(project, go, name)?;
    let why = "a package of Go's library has this name";
    Ok(is_taken.then(|| format!("{name:?} cannot be a pair's name: {why}")))
}

/// Writes the pair and tells its files, from the top folder.
pub fn write(project: &Project, go: &Go, name: &str) -> Result<Vec<PathBuf>> {
    let order = project
        .topics
        .iter()
        .map(|topic| topic.order)
        .max()
        .unwrap_or(0)
        + 1;
    let filled = |text: &str| {
        text.replace("TOPIC", name)
            .replace("ORDER", &order.to_string())
    };
    let mut files = Vec::new();
    for (path, text) in FILES {
        files.push((filled(path), filled(text)));
    }
    let answer = Path::new(MISTAKE).with_extension("txt");
    files.push((
        filled(&answer.to_string_lossy()),
        include_str!("../templates/mistake.txt").to_owned(),
    ));
    for (script, text) in sections(SCRIPTS) {
        files.push((
            format!("tests/scripts/{name}/{script}.txt"),
            text.to_owned(),
        ));
    }
    for (mutant, text) in sections(MUTANTS) {
        files.push((format!("tests/mutants/{name}/{mutant}.patch"), filled(text)));
    }
    let mut made = Made::default();
    for (path, text) in &files {
        made.write(&project.root.join(path), text)?;
    }
    let paths: Vec<PathBuf> = files.into_iter().map(|(path, _)| path.into()).collect();
    format(project, go, &paths)?;
    cargo_lock::update(project).context("cargo does not accept the new pair")?;
    made.keep();
    Ok(paths)
}

/// Files and folders that were not there before, in their order. Unless they are kept they are removed
/// again: half a pair is none.
#[derive(Default)]
struct Made(Vec<PathBuf>);

impl Made {
    /// Writes a new file, and the folders around it.
    fn write(&mut self, path: &Path, text: &str) -> Result<()> {
        let missing = |folder: &&Path| fs::symlink_metadata(folder).is_err();
        let folders: Vec<_> = path.ancestors().skip(1).take_while(missing).collect();
        for folder in folders.into_iter().rev() {
            fs::create_dir(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
            self.0.push(folder.to_owned());
        }
        let cannot_write = || format!("cannot write {}", path.display());
        let mut file = File::create_new(path).with_context(cannot_write)?;
        self.0.push(path.to_owned());
        file.write_all(text.as_bytes()).with_context(cannot_write)
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in self.0.iter().rev() {
            // A folder goes only if it is empty.
            let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
        }
    }
}

/// The order of imports and the length of lines depend on the name.
fn format(project: &Project, go: &Go, paths: &[PathBuf]) -> Result<()> {
    let of = |end: &str| -> Vec<PathBuf> {
        let wanted = |path: &&PathBuf| path.extension().is_some_and(|found| found == end);
        paths
            .iter()
            .filter(wanted)
            .map(|path| project.root.join(path))
            .collect()
    };
    // Where rustfmt is missing, `doctor` says so.
    let _ = environment::tool("rustfmt")
        .args(["--edition", "2024"])
        .args(of("rs"))
        .output();
    go.gofmt(project)?
        .arg("-w")
        .args(of("go"))
        .output()
        .context("cannot start gofmt")?;
    Ok(())
}

/// Whether a package of Go's own library has this name.
fn clashes(project: &Project, go: &Go, name: &str) -> Result<bool> {
    let listed = go
        .command(project)
        .args(["list", "std"])
        .output()
        .context("cannot start Go")?;
    ensure!(
        listed.status.success(),
        "cannot list the packages of Go's library: {}",
        String::from_utf8_lossy(&listed.stderr).trim_end()
    );
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    Ok(listed
        .lines()
        .any(|package| package.rsplit('/').next() == Some(name)))
}

/// The identifiers of code, without its comments.
fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//") && !line.starts_with(['#', '-']))
        .flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
}

/// The files that stand in one text, each below a line `=== NAME`.
fn sections(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = text.split("=== ").skip(1);
    parts.map(|part| part.split_once('\n').unwrap_or((part, "")))
}

#[cfg(test)]
mod tests;

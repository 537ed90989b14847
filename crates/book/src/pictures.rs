//! What README shows before anybody has built anything: a chapter, a plot, the ledger.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result};
use lab::{judge::ledger, project::Project};

use crate::{
    browser::Browser,
    keep::Keep,
    measured::Measured,
    plots,
    verdicts::{self, Verdicts, counts},
};

/// Where the pictures lie, from the top folder.
const FOLDER: &str = "crates/book/pictures";

/// README's part that is written here lies between these lines.
const MARKS: [&str; 2] = [
    "<!-- written by `cargo book --pictures` -->",
    "<!-- to here -->",
];

/// Writes the pictures of a book that was just written, and README's part with them.
pub fn write(project: &Project, book: &Path, results: &Path) -> Result<()> {
    let verdicts = verdicts::verdicts(project, &Keep::of(project), results)?;
    let folder = project.root.join(FOLDER);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("chapter.png"), chapter(book)?)?;
    let plot = plots::forest(Measured(verdicts.result.as_ref()));
    if let Some(plot) = &plot {
        fs::write(folder.join("ratios.svg"), plot.alone())?;
    }
    let path = project.root.join("README.md");
    let readme = fs::read_to_string(&path).context("cannot read README.md")?;
    let part = part(&verdicts, plot.map(|plot| plot.title).as_deref());
    fs::write(&path, between(&readme, &part)?)?;
    Ok(())
}

/// The pair of a chapter, as a window shows it.
fn chapter(book: &Path) -> Result<Vec<u8>> {
    let browser = Browser::start()?;
    let mut browser = browser.context("a picture needs Chromium: apt-get install chromium")?;
    browser.size(1280, 760, 1)?;
    let page = book.join("cycles.html");
    let page = page
        .canonicalize()
        .context("the book has no chapter of cycles")?;
    browser.open(&format!("file://{}#the-pair", page.display()))?;
    browser.picture(None)
}

/// README's part: Markdown, in which what is said stays text.
fn part(verdicts: &Verdicts, plot: Option<&str>) -> String {
    let text = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('|', "\\|")
    };
    let mut part = format!(
        "![A chapter of the book: Go on the left, Rust on the right, item beside item]({FOLDER}/chapter.png)\n\n"
    );
    if let Some(title) = plot {
        let _ = write!(part, "![{}]({FOLDER}/ratios.svg)\n\n", text(title));
    }
    if let Some(file) = &verdicts.result {
        let from = ledger::heading(std::slice::from_ref(file));
        let _ = write!(
            part,
            "Measured with `{}`: {}.\n\n",
            file.command.replace('`', ""),
            text(&from)
        );
    }
    let each: Vec<String> = counts(&verdicts.claims)
        .into_iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    let _ = write!(
        part,
        "<details><summary>The ledger of {} claims: {}</summary>\n\n| | verdict | claim | evidence |\n|---|---|---|---|\n",
        verdicts.claims.len(),
        each.join(", ")
    );
    for claim in &verdicts.claims {
        let [says, evidence] = [&claim.says, &claim.evidence].map(|said| text(said));
        let _ = writeln!(
            part,
            "| {} | {} | {says} | {evidence} |",
            claim.id, claim.verdict
        );
    }
    part + "\n</details>\n"
}

/// The text with another part between its marks.
fn between(readme: &str, part: &str) -> Result<String> {
    let [begin, end] = MARKS;
    let parts = readme.split_once(begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(end)?;
        Some((before, after))
    });
    let (before, after) =
        parts.with_context(|| format!("README.md has no lines {begin:?} and {end:?}"))?;
    Ok(format!("{before}{begin}\n{part}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_part_between_the_marks_is_written_anew() {
        let [begin, end] = MARKS;
        let before = format!("# A\n{begin}\nold\n{end}\n## B\n");
        let after = between(&before, "new\n").unwrap();
        assert_eq!(after, format!("# A\n{begin}\nnew\n{end}\n## B\n"));
        assert_eq!(between(&after, "new\n").unwrap(), after);
        assert!(between("# A\n", "new\n").is_err());
    }
}

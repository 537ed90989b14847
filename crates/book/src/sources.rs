//! The sources as pages, so that links to them work from anywhere.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result};
use lab_workspace::{folder, project::Project};

use crate::{
    cache::{self, Cache},
    highlight::{self, Highlighter},
    messages::Warnings,
    page::Page,
};
use maud::{PreEscaped, html};

/// All sources that pages are made of, from the top folder.
pub fn all(project: &Project) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in ["crates", "go", "tests"] {
        for path in folder::files_below(&project.root.join(folder), &[])? {
            let inner = path.strip_prefix(&project.root)?.to_string_lossy();
            if is_shown(&project.root, &inner) {
                found.push(inner.into_owned());
            }
        }
    }
    Ok(found)
}

/// Is a page made of this file?
pub fn is_shown(root: &Path, path: &str) -> bool {
    let end = Path::new(path).extension().and_then(|end| end.to_str());
    let is_text = matches!(end, Some("rs" | "go" | "txt" | "toml"));
    let is_there = ["crates/", "go/", "tests/"]
        .iter()
        .any(|folder| path.starts_with(folder));
    is_text && is_there && root.join(path).is_file()
}

/// The name of the lines that are kept.
const KEPT: &str = "sources";

/// The pages of all sources. The lines of a source are kept by what they are made of: most do not change from one book
/// to the next.
pub fn pages(project: &Project, highlighter: &Highlighter, warnings: &Warnings) -> Vec<Page> {
    let cache = Cache::open(project);
    let before: BTreeMap<String, String> = cache.load(KEPT).unwrap_or_default();
    let mut now = BTreeMap::new();
    let page = |path: String| {
        let page = lines(project, &path, highlighter, &before).map(|(key, lines)| {
            let page = page(&path, &lines);
            now.insert(key, lines);
            Some(page)
        });
        warnings.part(&path, page)
    };
    let paths = warnings.part("the sources", all(project));
    let pages = paths.into_iter().filter_map(page).collect();
    if now != before {
        cache.keep(KEPT, &now);
    }
    pages
}

/// The lines of a source as HTML, behind the key of what they are made of.
fn lines(
    project: &Project,
    path: &str,
    highlighter: &Highlighter,
    before: &BTreeMap<String, String>,
) -> Result<(String, String)> {
    let text = fs::read(project.root.join(path)).with_context(|| format!("cannot read {path}"))?;
    let text = String::from_utf8_lossy(&text);
    let end = Path::new(path)
        .extension()
        .and_then(|end| end.to_str())
        .unwrap_or_default();
    let key = cache::key(&project.root, &[], &[highlight::MADE_OF, end, &text])?;
    if let Some(lines) = before.get(&key) {
        return Ok((key, lines.clone()));
    }
    let mut lines = String::new();
    for (number, line) in (1..).zip(highlighter.snippet(end, &text)) {
        let _ = write!(lines, "<span class=l id=L{number}>{line}\n</span>");
    }
    Ok((key, lines))
}

fn page(path: &str, lines: &str) -> Page {
    Page {
        path: format!("source/{path}.html"),
        title: path.to_owned(),
        about: String::new(),
        wide: true,
        body: html! {
            h1.file { (path) }
            pre.source { code { (PreEscaped(lines)) } }
        },
    }
}

//! The sources as pages, so that links to them work from anywhere.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result};
use lab_workspace::{folder, project::Project};

use crate::{highlight::Highlighter, page::Page};
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

/// The page of a source.
pub fn page(project: &Project, path: &str, highlighter: &Highlighter) -> Result<Page> {
    let text = fs::read(project.root.join(path)).with_context(|| format!("cannot read {path}"))?;
    let text = String::from_utf8_lossy(&text);
    let end = Path::new(path)
        .extension()
        .and_then(|end| end.to_str())
        .unwrap_or_default();
    let mut lines = String::new();
    for (number, line) in (1..).zip(highlighter.snippet(end, &text)) {
        let _ = write!(lines, "<span class=l id=L{number}>{line}\n</span>");
    }
    Ok(Page {
        path: format!("source/{path}.html"),
        title: path.to_owned(),
        about: String::new(),
        wide: true,
        body: html! {
            h1.file { (path) }
            pre.source { code { (PreEscaped(lines)) } }
        },
    })
}

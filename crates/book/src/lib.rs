//! Writes the book: a folder of pages that opens from the file system and from any web server, and
//! loads nothing from elsewhere.
#![forbid(unsafe_code)]

mod answer;
mod answers;
pub mod browser;
mod catalogue;
mod chapter;
mod choose;
mod claim;
mod front;
mod highlight;
mod keep;
mod learn;
mod links;
mod load;
mod machine;
mod measured;
mod memory;
mod mistake;
mod page;
mod pair;
pub mod pictures;
mod places;
mod plot;
mod plots;
mod prose;
pub mod serve;
mod sources;
mod told;
mod verdicts;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use answers::Answers;
use anyhow::{Context as _, Result, bail};
use chapter::Chapter;
use highlight::Highlighter;
use keep::Keep;
use lab_judge::{catalogue::known, claims::Claims};
use lab_verify::mistakes;
use lab_workspace::project::Project;
use maud::{Markup, html};
use measured::Measured;
use page::{Contents, Page};
use prose::Links;
use verdicts::{Judged, Verdicts};

/// Writes the book of a project into a folder, judged by the newest of these results.
pub fn write(project: &Project, folder: &Path, results: &Path) -> Result<()> {
    let highlighter = Highlighter::new()?;
    let keep = Keep::of(project)?;
    let verdicts = verdicts::verdicts(project, &keep, results)?;
    let fixtures = mistakes::all(project)?;
    let mut chapters = Vec::new();
    for topic in &project.topics {
        let told = told::told(project, &keep, &topic.name)?;
        let answers = (topic.name == answers::TOPIC)
            .then(|| Answers::of(project, &keep, &topic.name))
            .transpose()?;
        chapters.push(Chapter::read(project, topic, told, answers, &highlighter)?);
    }
    let page = |path: &str, title: &str, wide: bool, body: Markup| Page {
        path: path.to_owned(),
        title: title.to_owned(),
        body,
        wide,
    };
    let mut pages = vec![
        page(
            "index.html",
            "The answer",
            false,
            front::html(project, &verdicts),
        ),
        page(
            "choose.html",
            "For someone choosing",
            false,
            choose::html(&verdicts),
        ),
        page(
            "learn.html",
            "For someone learning",
            false,
            learn::html(&chapters)?,
        ),
    ];
    let first = pages.len();
    for chapter in &chapters {
        let body = chapter.html(project, &fixtures, &verdicts, &highlighter)?;
        pages.push(page(&chapter.path(), &chapter.topic.title, true, body));
    }
    let last = pages.len();
    pages.push(page(
        verdicts::CONCLUSION,
        "The conclusion",
        false,
        conclusion(&verdicts),
    ));
    pages.push(page(
        "machine.html",
        "This machine",
        false,
        machine::html(&verdicts, catalogue::cases(&chapters)),
    ));
    let (cases, claims) = (catalogue::cases(&chapters), Claims::read(project)?);
    let cases = known(project, cases, &claims, &verdicts.files)?;
    pages.push(page(
        catalogue::PAGE,
        "The measured cases",
        false,
        catalogue::html(&cases),
    ));
    for (file, path, title) in places::TEXTS {
        if let Ok(text) = fs::read_to_string(project.root.join(file)) {
            pages.push(page(
                path,
                title,
                false,
                text_page(project, file, title, &text, &highlighter),
            ));
        }
    }
    let listed = |pages: &[Page]| {
        pages
            .iter()
            .map(|page| (page.path.clone(), page.title.clone()))
            .collect()
    };
    let contents: Contents = vec![
        ("Across topics", listed(&pages[..first])),
        ("The pairs", listed(&pages[first..last])),
        ("How it was done", listed(&pages[last..])),
    ];
    for path in sources::all(project)? {
        pages.push(sources::page(project, &path, &highlighter)?);
    }
    let files: BTreeMap<String, String> = pages
        .iter()
        .map(|page| (page.path.clone(), page::render(page, &contents)))
        .collect();
    let mut entries = entries(&chapters, &verdicts.claims, &contents);
    entries.extend(cases.iter().map(catalogue::found));
    let dead = links::dead(&files, entries.iter().map(|[_, place, _]| place.as_str()));
    if !dead.is_empty() {
        bail!("links of the book lead nowhere:\n{}", dead.join("\n"));
    }
    // As a script: pages of the file system may not read files.
    let index = format!("window.bookIndex={}", serde_json::to_string(&entries)?);
    replace(folder, files, &index)
}

/// The claims that belong to no pair.
fn conclusion(verdicts: &Verdicts) -> Markup {
    let is_own = |claim: &&Judged| claim.page == verdicts::CONCLUSION;
    let measured = Measured(&verdicts.files);
    let mut drawn = Vec::new();
    html! {
        h1 { "The conclusion" }
        h2 { "What the article concludes from all of it" }
        @for claim in verdicts.claims.iter().filter(is_own) {
            (claim::html(claim, &plots::of_claim(claim, measured, &mut drawn)))
        }
    }
}

fn text_page(
    project: &Project,
    file: &str,
    title: &str,
    text: &str,
    highlighter: &Highlighter,
) -> Markup {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let links = Links {
        file: &|to| places::of(project, folder, to),
        word: &|_| None,
    };
    let prose = prose::prose(text, &links, highlighter);
    html! {
        h1 { (if prose.title.is_empty() { title } else { &prose.title }) }
        div.prose { @for section in &prose.sections { (section.html) } }
    }
}

/// What the search looks through: titles, places, texts.
fn entries(chapters: &[Chapter], claims: &[Judged], contents: &Contents) -> Vec<[String; 3]> {
    let mut entries: Vec<[String; 3]> = chapters.iter().flat_map(Chapter::entries).collect();
    entries.extend(claims.iter().map(|claim| {
        [
            format!("{} {}", claim.id, claim.says),
            claim.place(),
            claim.evidence.clone(),
        ]
    }));
    let others = contents
        .iter()
        .filter(|(group, _)| *group != "The pairs")
        .flat_map(|(_, pages)| pages);
    entries.extend(others.map(|(path, title)| [title.clone(), path.clone(), String::new()]));
    entries
}

/// Puts a whole new book in the place of the old one.
fn replace(folder: &Path, files: BTreeMap<String, String>, index: &str) -> Result<()> {
    let name = folder
        .file_name()
        .context("the book needs a folder")?
        .to_string_lossy();
    let beside = |word: &str| -> PathBuf { folder.with_file_name(format!("{name}.{word}")) };
    let (new, old) = (beside("new"), beside("old"));
    for leftover in [&new, &old] {
        if leftover.exists() {
            fs::remove_dir_all(leftover)
                .with_context(|| format!("cannot remove {}", leftover.display()))?;
        }
    }
    let assets = [
        (
            "book.css",
            concat!(
                include_str!("../assets/book.css"),
                include_str!("../assets/plot.css")
            ),
        ),
        ("book.js", include_str!("../assets/book.js")),
        ("search.js", index),
    ];
    let assets = assets.map(|(name, text)| (name.to_owned(), text.to_owned()));
    for (path, text) in files.into_iter().chain(assets) {
        let path = new.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if folder.exists() {
        fs::rename(folder, &old)?;
    }
    fs::rename(&new, folder)?;
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    Ok(())
}

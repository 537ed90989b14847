//! The book in a real browser.

mod across;
mod attack;
mod axe;
mod book_server;
mod chapters;
mod choosing;
mod editor;
mod folder;
mod front;
mod keyboard;
mod latency;
mod ledger;
mod made_up;
mod measuring;
mod names;
mod opening;
mod output;
mod pair;
mod partial_failure;
mod pasting;
mod playing;
mod reading;
mod rewriting;
mod searching;
mod served_pages;
mod stage;
mod watching;
mod workflow;

use std::{
    env,
    fmt::Write as _,
    fs,
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use book::{
    browser::{Browser, Chromium},
    messages::Lack,
};
use lab_judge::claims::Claims;
use lab_workspace::project::Project;

/// What must stay text.
const PROCESSOR: &str = "<script>alert(1)</script>";

/// A book of this project, written once for all tests.
static BOOK: LazyLock<PathBuf> = LazyLock::new(|| {
    let project = Project::at(&root()).unwrap();
    let folder = project.target().join("book-tested");
    let results = tempfile::tempdir().unwrap();
    made_up::write(results.path(), "2033-05-18T033320Z", PROCESSOR);
    let warnings = book::write(&project, &folder, results.path(), &()).unwrap();
    let wrong: Vec<_> = warnings
        .iter()
        .filter(|warning| warning.kind != Lack::Missing)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    folder
});

fn root() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    folder.canonicalize().unwrap()
}

/// How many claims the article makes, and how many there are with those of others.
fn claims() -> [usize; 2] {
    let claims = Claims::read(&Project::at(&root()).unwrap()).unwrap().claim;
    let articles = claims.iter().filter(|claim| claim.is_the_articles());
    [articles.count(), claims.len()]
}

/// The address of a page, as a browser tells it: the project's path may hold spaces and umlauts.
fn page(path: &str) -> String {
    let mut address = "file://".to_owned();
    for byte in BOOK.join("").to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            address.push(byte.into());
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address + path
}

/// The browser of all tests; none if there is no Chromium. It ends with this process, whose pipe it reads.
static CHROMIUM: LazyLock<Option<Arc<Chromium>>> = LazyLock::new(|| Chromium::start().unwrap());

/// A page of this size; none if there is no Chromium, unless tools have to be there.
fn browser(width: u32, height: u32) -> Option<Browser> {
    let Some(chromium) = &*CHROMIUM else {
        assert!(
            env::var_os("LAB_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
            "Chromium is missing: apt-get install chromium"
        );
        println!("skipped: Chromium is missing; apt-get install chromium gets it");
        return None;
    };
    let mut browser = chromium.page().unwrap();
    browser.size(width, height, 1).unwrap();
    Some(browser)
}

#[test]
fn what_a_result_says_stays_text() {
    let shown = fs::read_to_string(BOOK.join("machine.html")).unwrap();
    assert!(shown.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!shown.contains("<script>alert"));
}

#[test]
fn a_chapter_has_a_plot_with_its_figures_beside_its_claims() {
    for (topic, title) in [
        ("reclaim", "pauses"),
        ("footprint", "bytes per node"),
        ("deadline", "frames missed"),
        ("footprint", "resident memory"),
        ("footprint", "the size"),
    ] {
        let shown = fs::read_to_string(BOOK.join(format!("{topic}.html"))).unwrap();
        let claims = shown.split("id=\"claims\"").nth(1).unwrap();
        let plot = claims
            .split("<figure")
            .skip(1)
            .find(|plot| plot.to_lowercase().contains(title));
        let plot = plot.unwrap_or_else(|| panic!("{topic} has no plot of {title}"));
        assert!(
            plot.contains("<svg") && plot.contains("<table"),
            "{topic}: {title}"
        );
        assert!(
            !plot.contains("NaN") && !plot.contains("inf\"") && !plot.contains(">inf"),
            "{topic}: {title}"
        );
    }
    let chapter = fs::read_to_string(BOOK.join("reclaim.html")).unwrap();
    assert!(chapter.contains("class=\"m control\""));
}

#[test]
fn a_compiler_speaks_at_the_line_it_speaks_of() {
    let shown = fs::read_to_string(BOOK.join("escape.html")).unwrap();
    let (_, after) = shown.split_once("moved to heap: x").unwrap();
    assert!(after.starts_with("</span>"));
    assert!(shown.contains("go build -gcflags=-m ./escape"));
}

#[test]
fn a_chapter_is_small() {
    for entry in fs::read_dir(&*BOOK).unwrap().map(Result::unwrap) {
        let size = entry.metadata().unwrap().len();
        let name = entry.file_name();
        assert!(
            size < 250_000 || name == "search.js",
            "{name:?}: {size} bytes"
        );
    }
}

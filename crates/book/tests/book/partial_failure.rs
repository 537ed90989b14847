//! Partial failure: a part that is missing or fails is a warning with its place, and the rest of the book is written.

use std::{fs, path::Path};

use tests::process::Ended;

use super::{browser, made_up, stage::Stage};

/// The book of a stage, after which every page is there.
fn written(stage: &Stage) -> Ended {
    let book = stage.book(&["--into", "site"]);
    for page in [
        "index",
        "choose",
        "learn",
        "x",
        "conclusion",
        "machine",
        "catalogue",
    ] {
        let text = stage.read(&format!("site/{page}.html"));
        assert!(text.ends_with("</html>"), "{page}: {book:?}");
    }
    assert!(stage.read("site/x.html").contains("<h1>The only pair</h1>"));
    book
}

#[test]
fn without_results_and_reference_there_is_a_book() {
    let stage = Stage::new();
    let missing = written(&stage);
    missing.says(0, &[]);
    assert!(!missing.stderr.contains("warning"), "{missing:?}");
    fs::create_dir(stage.folder().join("results")).unwrap();
    written(&stage).says(0, &[]);
    assert!(
        stage
            .read("site/index.html")
            .contains("Nothing is measured yet")
    );
}

#[test]
fn a_result_that_cannot_be_used_is_named_and_the_others_are() {
    let stage = Stage::new();
    let results = stage.folder().join("results");
    made_up::write(&results, "2033-05-18T033320Z", "a made up processor");
    stage.write(
        "results/2999-01-01T000000Z-quick.json",
        "{\"schema\": 1, \"comm",
    );
    stage.write("results/2998-01-01T000000Z-quick.json", "{\"schema\": 0}");
    let book = written(&stage);
    // The made up result has topics that this project does not have.
    let others = [
        "2998-01-01T000000Z-quick.json",
        "schema 0",
        "no topic is called \"server\"",
    ];
    book.says(0, &["2999-01-01T000000Z-quick.json: left aside: ", "torn"]);
    book.says(0, &others);
    assert!(
        stage
            .read("site/machine.html")
            .contains("a made up processor")
    );
}

#[test]
fn a_file_of_the_reference_that_cannot_be_used_is_named_and_the_others_are() {
    let stage = Stage::new();
    let reference = stage.folder().join(lab_judge::reference::FOLDER);
    made_up::write(
        &reference,
        "2033-05-18T033320Z",
        "the reference's processor",
    );
    fs::write(
        reference.join("2022-01-01T000000Z-load.json"),
        "{\"schema\"",
    )
    .unwrap();
    let book = written(&stage);
    book.says(
        0,
        &["2022-01-01T000000Z-load.json: left aside: this file is torn"],
    );
    let page = stage.read("site/machine.html");
    assert!(
        page.contains("the reference's processor")
            && page.contains("These are figures of our reference machine")
    );
    fs::remove_dir_all(&reference).unwrap();
    fs::write(&reference, "no folder").unwrap();
    written(&stage).says(0, &["left aside: "]);
}

#[test]
fn what_another_program_prints_is_asked_anew() {
    let stage = Stage::new();
    written(&stage);
    assert!(stage.read("site/x.html").contains("same"));
    // The sources are as they were: a compiler, a flag or a library made them others.
    for (folder, says) in [("release", "another"), ("go", "yet another")] {
        let program = format!("case $1 in demo) echo {says} ;; esac");
        stage.script(&format!("target/{folder}/x"), &program);
    }
    written(&stage);
    let page = stage.read("site/x.html");
    assert!(
        page.contains("yet another") && page.contains("The two programs do not print the same")
    );
}

#[test]
fn a_run_that_was_stopped_is_not_called_whole() {
    let stage = Stage::new();
    let results = stage.folder().join("results");
    made_up::write(&results, "2033-05-18T033320Z", "x");
    let path = results.join("2033-05-18T033320Z-claims.json");
    let text = fs::read_to_string(&path).unwrap();
    written(&stage);
    assert!(!stage.read("site/index.html").contains("not complete"));
    fs::write(
        &path,
        text.replace("\"complete\":true", "\"complete\":false"),
    )
    .unwrap();
    written(&stage);
    for page in ["index", "machine", "choose"] {
        let shown = stage.read(&format!("site/{page}.html"));
        assert!(
            shown.contains("not complete: the run was stopped"),
            "{page}"
        );
    }
}

#[test]
fn with_a_go_that_does_not_work_there_are_the_sources() {
    let stage = Stage::new();
    for tool in ["go", "python3", "python"] {
        stage.script(&format!("bin/{tool}"), "exit 1");
    }
    written(&stage).says(
        0,
        &["warning: the programs: Go is installed and does not work"],
    );
    let page = stage.read("site/x.html");
    assert!(page.contains("The programs could not be run") && page.contains("id=\"the-pair\""));
}

#[test]
fn what_is_wrong_with_a_chapter_is_told_with_its_page() {
    let stage = Stage::new();
    stage.script("target/go/x", "echo nonsense");
    written(&stage).says(1, &["warning: x.html: x contrast: \"nonsense\""]);
    let stage = Stage::new();
    stage.write(
        "crates/x/README.md",
        "# The only pair\n\n[This](gone.md) and [that](#gone).\n",
    );
    let dead = [
        "warning: x.html: the link \"This\" has no page",
        "warning: x.html: #gone leads nowhere",
    ];
    // A reader gets the book all the same.
    written(&stage).says(0, &dead);
    let stage = Stage::new();
    fs::remove_file(stage.folder().join("crates/x/README.md")).unwrap();
    written(&stage).says(1, &["warning: x.html: cannot read crates/x/README.md"]);
    let stage = Stage::new();
    stage.write("crates/lab-judge/claims.toml", "nonsense");
    written(&stage).says(1, &["warning: the claims: ", "claims.toml"]);
}

#[test]
fn where_the_book_is_published_stands_in_one_place() {
    let stage = Stage::new();
    written(&stage).says(0, &[]);
    let page = stage.read("site/x.html");
    assert!(page.contains("<meta name=\"description\"") && page.contains("rel=\"icon\""));
    let is_absent = |page: &str, word: &str| assert!(!page.contains(word), "{word}: {page:.900}");
    is_absent(&page, "og:image");
    is_absent(&page, "canonical");
    stage.write(
        "Cargo.toml",
        "[workspace.package]\nversion = \"0.0.0\"\nhomepage = \"https://example.org/book/\"\n",
    );
    // Without Chromium the links are there, and no picture.
    for name in ["chromium", "chromium-browser", "google-chrome"] {
        stage.script(&format!("bin/{name}"), "exit 1");
    }
    written(&stage).says(0, &["warning: share.png: ", "shared links show no picture"]);
    let page = stage.read("site/x.html");
    assert!(
        page.contains("\"https://example.org/book/x.html\""),
        "{page:.900}"
    );
    is_absent(&page, "og:image");
    for name in ["chromium", "chromium-browser", "google-chrome"] {
        fs::remove_file(stage.folder().join("bin").join(name)).unwrap();
    }
    // The stage's programs see the folders of the system only.
    let mut names = ["chromium", "chromium-browser", "google-chrome"].iter();
    let is_seen = names.any(|name| Path::new("/usr/bin").join(name).exists());
    if browser(1280, 900).is_none() || !is_seen {
        return;
    }
    written(&stage).says(0, &[]);
    let page = stage.read("site/x.html");
    assert!(
        page.contains("\"https://example.org/book/share.png\""),
        "{page:.900}"
    );
    let picture = || fs::read(stage.folder().join("site/share.png")).unwrap();
    let drawn = picture();
    // The first part of a PNG holds its width and its height.
    let sizes = [16, 20].map(|at| u32::from_be_bytes(drawn[at..at + 4].try_into().unwrap()));
    assert_eq!(
        (&drawn[1..4], sizes),
        (&b"PNG"[..], book::sharing_picture::SIZE)
    );
    // It is not drawn again until it says something else.
    stage.script("bin/chromium", "exit 1");
    written(&stage).says(0, &[]);
    assert!(picture() == drawn);
}

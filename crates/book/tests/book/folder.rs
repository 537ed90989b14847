//! Where a book is written: into a folder that is new, empty or a book, and nothing else is touched.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    process::Stdio,
    time::Duration,
};

use tests::process::{Ended, ended, signal, wait_until};

use super::stage::Stage;

#[test]
fn what_is_somebody_elses_is_refused_and_stays() {
    let stage = Stage::new();
    stage.write("home/letters/dear", "mother");
    for (into, says) in [
        (
            "home/letters",
            "is not a book and holds other things, such as dear",
        ),
        ("home", "such as letters"),
        (
            "METHODOLOGY.md",
            "METHODOLOGY.md is a file, and a book is a folder",
        ),
        (".", "is not a book"),
    ] {
        let refused = stage.book(&["--into", into]);
        refused.says(2, &["error: ", says]);
        assert_eq!(refused.stdout, "");
    }
    assert_eq!(stage.read("home/letters/dear"), "mother");
    assert_eq!(stage.read("METHODOLOGY.md"), "# How\n");
    assert_eq!(stage.names("home"), ["letters"]);
}

#[test]
fn a_book_takes_the_place_of_a_book_and_what_lies_in_or_beside_it_stays() {
    let stage = Stage::new();
    for name in ["site.new", "site.old", "other"] {
        stage.write(&format!("pages/{name}/own"), "mine");
    }
    fs::create_dir(stage.folder().join("pages/site")).unwrap();
    stage.book(&["--into", "pages/site"]).says(0, &[]);
    stage.write("pages/site/CNAME", "example.org");
    stage.write("pages/site/source/own/notes", "mine");
    assert!(stage.read("pages/site/x.html").contains("The only pair"));
    let gone = "pages/site/source/crates/x/src/lib.rs.html";
    assert!(stage.folder().join(gone).is_file());
    fs::remove_file(stage.folder().join("crates/x/src/lib.rs")).unwrap();
    fs::rename(
        stage.folder().join("go/x/x.go"),
        stage.folder().join("go/x/y.go"),
    )
    .unwrap();
    stage.book(&["--into", "pages/site"]).says(0, &[]);
    assert!(
        !stage
            .folder()
            .join("pages/site/source/crates")
            .join("x/src")
            .exists()
    );
    assert_eq!(stage.read("pages/site/CNAME"), "example.org");
    assert_eq!(stage.read("pages/site/source/own/notes"), "mine");
    assert_eq!(
        stage.names("pages"),
        ["other", "site", "site.new", "site.old"]
    );
    for name in ["site.new", "site.old", "other"] {
        assert_eq!(stage.read(&format!("pages/{name}/own")), "mine");
    }
    let hidden: Vec<String> = stage.names("pages/site");
    let hidden: Vec<&String> = hidden.iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!(hidden, [".book"], "nothing unfinished is left");
}

#[test]
fn a_file_of_somebody_else_is_not_written_over_nor_a_link_followed_out() {
    let stage = Stage::new();
    stage.book(&["--into", "site"]).says(0, &[]);
    let extra = "crates/x/src/extra.rs";
    stage.write(extra, "// Nothing.\n");
    let taken = "site/source/crates/x/src/extra.rs.html";
    stage.write(taken, "mine");
    stage
        .book(&["--into", "site"])
        .says(2, &["extra.rs.html does not belong to the book"]);
    assert_eq!(stage.read(taken), "mine");
    fs::remove_file(stage.folder().join(taken)).unwrap();
    stage.book(&["--into", "site"]).says(0, &[]);
    // A link in the place of a folder of the book.
    let source = stage.folder().join("site/source");
    fs::rename(&source, stage.folder().join("elsewhere")).unwrap();
    symlink(stage.folder().join("elsewhere"), &source).unwrap();
    stage
        .book(&["--into", "site"])
        .says(2, &["site/source does not belong to the book"]);
    assert!(
        stage
            .folder()
            .join("elsewhere/crates/x/src/lib.rs.html")
            .is_file()
    );
}

#[test]
fn a_path_counts_from_where_one_stands_and_a_link_stays_one() {
    let stage = Stage::new();
    let inside = |words: &[&str]| -> Ended {
        ended(stage.command(words).current_dir(stage.folder().join("go")))
    };
    let written = inside(&["--into", "new/site"]);
    written.says(0, &[]);
    let page = stage.folder().join("go/new/site/index.html");
    assert!(page.is_file() && written.stdout.trim().ends_with("go/new/site/index.html"));
    assert!(!stage.folder().join("new").exists());
    inside(&[]).says(0, &[]);
    assert!(stage.folder().join("target/book/index.html").is_file());
    stage.write("real/beside", "mine");
    fs::create_dir(stage.folder().join("real/site")).unwrap();
    symlink(
        stage.folder().join("real/site"),
        stage.folder().join("link"),
    )
    .unwrap();
    for _ in 0..2 {
        stage.book(&["--into", "link"]).says(0, &[]);
    }
    assert!(stage.folder().join("link").is_symlink());
    assert_eq!(stage.names("real"), ["beside", "site"]);
    assert!(stage.folder().join("real/site/index.html").is_file());
    inside(&["--results", "nowhere"]).says(2, &["go/nowhere is not a folder"]);
    inside(&["--results", "go.mod"]).says(2, &["go/go.mod is not a folder"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_nothing_new_is_left() {
    let stage = Stage::new();
    stage
        .book(&["--into", "/proc/site"])
        .says(1, &["cannot create /proc/site"]);
    // A user who may write anywhere is never refused.
    let folder = stage.folder().join("closed");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    let is_closed = fs::write(folder.join("probe"), "").is_err();
    if is_closed {
        stage
            .book(&["--into", "closed/site"])
            .says(1, &["cannot create", "closed/site"]);
        stage
            .book(&["--into", "closed"])
            .says(1, &["cannot write to", "closed"]);
    }
}

#[test]
fn a_full_disk_is_told_with_its_path_and_the_old_book_stays() {
    let stage = Stage::new();
    stage.book(&["--into", "site"]).says(0, &[]);
    let (names, page) = (stage.names("site"), stage.read("site/index.html"));
    stage.write("crates/x/README.md", "# The only pair\n\nAnother text.\n");
    // No file may be larger than 4 KiB.
    let full = |into: &str| {
        let line = format!("trap '' XFSZ; ulimit -f 4; BOOK --into {into}");
        ended(&mut stage.shell(&line))
    };
    full("site").says(1, &["cannot write ", "/site/", "too large"]);
    assert_eq!(
        (stage.names("site"), stage.read("site/index.html")),
        (names, page)
    );
    assert!(!stage.read("site/x.html").contains("Another text"));
    full("a/b/c").says(1, &["cannot write ", "/a/b/c/"]);
    assert!(
        !stage.folder().join("a").exists(),
        "it was made for nothing"
    );
}

/// The number of pages of a book, of which none may be torn.
fn pages(stage: &Stage, folder: &str) -> usize {
    let names = stage.names(folder);
    let pages: Vec<&String> = names.iter().filter(|name| name.contains(".html")).collect();
    for page in &pages {
        let text = stage.read(&format!("{folder}/{page}"));
        assert!(text.ends_with("</html>"), "{page} is torn");
    }
    pages.len()
}

#[test]
fn two_books_at_once_wait_for_each_other() {
    let stage = Stage::new();
    // The programs take a moment, so that the others meet the first at work.
    stage.script("bin/cargo", "sleep 0.3");
    let start = || {
        let mut command = stage.command(&["--into", "site"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let books: Vec<_> = (0..4).map(|_| start()).collect();
    let books = books
        .into_iter()
        .map(|book| Ended::from(book.wait_with_output().unwrap()));
    let books: Vec<Ended> = books.collect();
    for book in &books {
        book.says(0, &[]);
    }
    let waited = books
        .iter()
        .filter(|book| book.stderr.contains("waiting for another book"));
    assert!(waited.count() >= 1, "{books:?}");
    let alone = Stage::new();
    alone.book(&["--into", "site"]).says(0, &[]);
    assert_eq!(stage.names("site"), alone.names("site"));
    assert_eq!(pages(&stage, "site"), pages(&alone, "site"));
}

#[test]
fn whoever_stops_it_leaves_nothing_behind() {
    let stage = Stage::new();
    stage.script("bin/cargo", "echo > begun; exec sleep 20");
    for name in ["INT", "TERM"] {
        let mut book = stage.command(&["--into", "a/site"]).spawn().unwrap();
        let begun = stage.folder().join("begun");
        wait_until(Duration::from_mins(1), "it begins", || begun.is_file());
        signal(name, book.id().into());
        assert_eq!(book.wait().unwrap().code(), Some(130));
        assert!(!stage.folder().join("a").exists(), "{name}");
        fs::remove_file(begun).unwrap();
    }
}

#[test]
fn what_a_killed_book_left_is_removed_by_the_next() {
    let stage = Stage::new();
    stage.write("site/.writing-abc/.book", "");
    stage.write("site/.writing-abc/index.html", "half");
    stage.book(&["--into", "site"]).says(0, &[]);
    let names = stage.names("site");
    assert!(
        !names.iter().any(|name| name.starts_with(".writing")),
        "{names:?}"
    );
    // One that only looks alike is somebody's.
    stage.write("other/.writing-abc/letter", "mine");
    stage.book(&["--into", "other"]).says(2, &[".writing-abc"]);
    assert_eq!(stage.read("other/.writing-abc/letter"), "mine");
}

#[test]
fn a_book_without_a_list_becomes_one_with_it() {
    let stage = Stage::new();
    stage.write("target/book/search.js", "window.bookIndex=[]");
    stage.write("target/book/index.html", "old");
    stage.write("target/book/own", "mine");
    stage.book(&[]).says(0, &[]);
    assert!(stage.read("target/book/index.html").ends_with("</html>"));
    assert_eq!(stage.read("target/book/own"), "mine");
}

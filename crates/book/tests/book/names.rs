//! The names of pages: a chapter's page is called like its pair, so that no pair may be called like another.

use std::{collections::BTreeSet, fs};

use lab_workspace::{new_pair::BOOK_PAGES, project::Project};

use super::{BOOK, root};

#[test]
fn a_new_pair_may_not_be_called_like_any_page_or_folder_of_the_book() {
    let project = Project::at(&root()).unwrap();
    let mut written = BTreeSet::new();
    for entry in fs::read_dir(&*BOOK).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let is_folder = entry.path().is_dir();
        match name.strip_suffix(".html") {
            Some(page) => written.insert(page.to_owned()),
            None if is_folder => written.insert(name),
            None => false,
        };
    }
    for topic in project.names() {
        assert!(written.remove(topic), "{topic} has no page");
    }
    let reserved: BTreeSet<String> = BOOK_PAGES.map(str::to_owned).into();
    assert_eq!(written, reserved, "the pages, and what new-pair refuses");
}

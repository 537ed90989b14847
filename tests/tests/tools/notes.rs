//! The notes of each pair name existing expressions, and explain every term once.

use lab_verify::{notes, parity};
use tests::project;

#[test]
fn every_note_names_an_item_and_an_expression_of_its_code() {
    let project = project();
    let mut wrong = Vec::new();
    for topic in &project.topics {
        let report = parity::check(project, topic).expect("the sources can be read");
        match notes::read(project, topic, &report) {
            Ok(notes) => wrong.extend(notes.problems.iter().map(ToString::to_string)),
            Err(error) => wrong.push(format!("{error:#}")),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_term_is_explained_once_where_the_book_has_it_first() {
    let wrong = notes::unexplained(project()).expect("the sources can be read");
    let wrong: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

//! The two sources of each topic mirror each other.

use tests::project;

#[test]
fn every_pair_is_mirrored_item_by_item() {
    let project = project();
    let mut wrong = Vec::new();
    for topic in &project.topics {
        match lab_verify::parity::check(project, topic) {
            Ok(report) => wrong.extend(report.problems.iter().map(ToString::to_string)),
            Err(error) => wrong.push(format!("{}: {error:#}", topic.name)),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_file_of_the_common_part_names_its_twin() {
    let wrong = lab_verify::parity::check_pair(project()).expect("the sources can be read");
    let wrong: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

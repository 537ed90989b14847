//! Completeness of topics: each has all of its parts.

use lab_verify::complete;
use lab_workspace::project::Topic;
use tests::project;

#[test]
fn every_topic_has_all_its_parts() {
    let project = project();
    assert!(!project.topics.is_empty(), "there are topics");
    let mut missing = Vec::new();
    for topic in &project.topics {
        let found = complete::check(project, topic).expect("the topic can be read");
        missing.extend(found.iter().map(|what| format!("{}: {what}", topic.name)));
    }
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

#[test]
fn most_topics_have_scripts() {
    let scripts = project().root.join("tests/scripts");
    let with = |topic: &&Topic| scripts.join(&topic.name).is_dir();
    let (with, all) = (
        project().topics.iter().filter(with).count(),
        project().topics.len(),
    );
    assert!(4 * with >= 3 * all, "{with} of {all} topics have scripts");
}

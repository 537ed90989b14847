//! The planted faults: enough on each side of each topic, each with its sentence, each one that still fits
//! the sources. That something notices them is the work of `cargo make faults`.

use std::{collections::BTreeSet, fs};

use lab_verify::faults::{self, Side};
use tests::project;

/// As many faults has a topic on a side, at least.
const LEAST: usize = 5;

#[test]
fn every_side_of_every_topic_has_faults_that_fit_its_sources() {
    let project = project();
    let mut wrong = Vec::new();
    for topic in &project.topics {
        for side in [Side::Go, Side::Rust] {
            let found = faults::find(project, topic, side).unwrap();
            if found.len() < LEAST {
                let (name, few) = (&topic.name, found.len());
                wrong.push(format!("{name}: {few} faults on the side of {side}"));
            }
            let misfits = found.iter().filter_map(|fault| fault.fits(project).err());
            wrong.extend(misfits.map(|error| format!("{error:#}")));
            let says: BTreeSet<_> = found.iter().map(|fault| &fault.says).collect();
            assert_eq!(
                says.len(),
                found.len(),
                "two faults of {} are one",
                topic.name
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_of_faults_is_a_topics() {
    let project = project();
    for entry in fs::read_dir(project.root.join("tests/faults")).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(project.topic(&name.to_string_lossy()).is_ok(), "{name:?}");
    }
}

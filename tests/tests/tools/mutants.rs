//! The mutants belong to topics. `lab_verify::complete` checks that there are enough and that each still
//! fits the sources; that something notices them is the work of `cargo make mutants`.

use std::fs;

use tests::project;

#[test]
fn every_folder_of_faults_is_a_topics() {
    let project = project();
    for entry in fs::read_dir(project.root.join("tests/mutants")).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(project.topic(&name.to_string_lossy()).is_ok(), "{name:?}");
    }
}

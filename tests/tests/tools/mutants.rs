//! The mutants belong to topics. `lab_verify::complete` checks that there are enough and that each still
//! fits the sources; that something notices them is the work of `cargo make mutants`.

use lab_workspace::folder;
use tests::project;

#[test]
fn every_folder_of_mutants_is_a_topics() {
    let project = project();
    for folder in folder::entries(&project.root.join("tests/mutants")).unwrap() {
        let name = folder.file_name().unwrap().to_string_lossy();
        assert!(project.topic(&name).is_ok(), "{name:?}");
    }
}

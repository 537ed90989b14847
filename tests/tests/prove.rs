//! Both programs of every pair, and the models, agree on some hundred generated scripts a topic.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use lab_verify::prove::{self, Plan};
use lab_workspace::programs;
use tests::project;

/// The bounds of what a script may hold are left to `cargo lab prove`: they take their time.
const PLAN: Plan = Plan {
    scripts: 300,
    seed: 1,
    bounds: false,
};

#[test]
fn generated_scripts_are_equal() {
    let project = project();
    if let Err(error) = programs::build_all(project) {
        panic!("{error:#}");
    }
    let performed = AtomicUsize::new(0);
    for topic in &project.topics {
        let step = |count| {
            performed.fetch_add(count, Relaxed);
        };
        match prove::prove(project, topic, PLAN, &step) {
            Ok(Some(report)) => {
                assert!(report.told.is_empty(), "{}: {:#?}", topic.name, report.told);
                let missing = report.reach.missing();
                assert!(missing.is_empty(), "{}: {missing:#?}", topic.name);
            }
            Ok(None) => {}
            Err(error) => panic!("{}: {error:#}", topic.name),
        }
    }
    assert_eq!(performed.into_inner(), PLAN.scripts * project.topics.len());
}

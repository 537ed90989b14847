//! Both programs of every pair, and the models, agree on some hundred generated scripts a topic.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
};

use lab_verify::difftest::{self, Plan};
use lab_workspace::{programs, project::Topic};
use tests::{Pair, project};

/// The bounds of what a script may hold are left to `cargo lab difftest`: they take their time.
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
        match difftest::run(project, topic, PLAN, &step) {
            Ok(Some(report)) => {
                let differences: Vec<_> = report
                    .shown
                    .iter()
                    .map(|difference| {
                        let script = String::from_utf8_lossy(&difference.script);
                        let script: String = script.chars().take(500).collect();
                        let differs = difference.answers.difference().unwrap_or_default();
                        format!("{differs}\non the script\n{script}")
                    })
                    .collect();
                let again = format!(
                    "again: cargo lab difftest --only {} --scripts {} --seed {}",
                    topic.name, PLAN.scripts, PLAN.seed
                );
                assert!(
                    differences.is_empty(),
                    "{}: {}\n{again}",
                    topic.name,
                    differences.join("\n\n")
                );
                let missing = report.coverage.missing();
                assert!(missing.is_empty(), "{}: {missing:#?}", topic.name);
            }
            Ok(None) => {}
            Err(error) => panic!("{}: {error:#}", topic.name),
        }
    }
    assert_eq!(performed.into_inner(), PLAN.scripts * project.topics.len());
}

/// In this many scripts each operation is performed at least `PERFORMED` times, and each error met `MET` times.
const SCRIPTS: usize = 2000;
const PERFORMED: usize = 200;
const MET: usize = 20;

/// Operations and errors that are too rare in a topic's scripts, according to its model.
fn too_rare(topic: &Topic) -> Vec<String> {
    let name: &'static str = topic.name.clone().leak();
    let table = Pair::of(name).same(&["operations"]).success();
    let table = String::from_utf8_lossy(&table.get_output().stdout).into_owned();
    let coverage = difftest::model_coverage(project(), topic, &table, 1, SCRIPTS);
    let coverage = coverage.unwrap_or_else(|error| panic!("{name}: {error:#}"));
    let operations = coverage.operations.iter();
    let operations = operations.filter(|(_, count)| count.modelled < PERFORMED);
    let operations = operations
        .map(|(word, count)| format!("{name}: \"{word}\" is performed {} times", count.modelled));
    let errors = coverage.errors.iter();
    let errors = errors.filter(|(text, count)| {
        **count < MET && !coverage.out_of_reach.contains_key(text.as_str())
    });
    let errors = errors.map(|(text, count)| format!("{name}: error {text:?} comes {count} times"));
    operations.chain(errors).collect()
}

#[test]
fn no_operation_and_no_error_is_rare_in_generated_scripts() {
    let next = AtomicUsize::new(0);
    let topics = &project().topics;
    let work = || {
        let mut rare = Vec::new();
        while let Some(topic) = topics.get(next.fetch_add(1, Relaxed)) {
            rare.extend(too_rare(topic));
        }
        rare
    };
    let rare: Vec<String> = thread::scope(|scope| {
        let workers = [scope.spawn(work), scope.spawn(work)];
        let rare = workers.map(|worker| worker.join().expect("the model does not panic"));
        rare.concat()
    });
    assert!(
        rare.is_empty(),
        "in {SCRIPTS} scripts:\n{}",
        rare.join("\n")
    );
}

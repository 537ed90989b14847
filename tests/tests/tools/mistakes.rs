//! Tools answer the mistakes of each topic as their headers say: the code of the error, and its line.
//! Their corrections pass the same tools, and run.

use std::{fmt::Display, sync::Mutex, thread};

use lab_verify::mistakes::{self, Checked, Fixture, fix};
use lab_workspace::{optional_tools, project::Project, toolchain::Go};
use tests::project;

#[test]
fn every_mistake_gets_the_answer_that_its_header_tells() {
    ask_all(mistakes::check);
}

#[test]
fn every_fix_passes_the_tools_that_complain_about_the_mistake_and_runs() {
    ask_all(fix::check);
}

/// Asks the same of every mistake, several at once.
fn ask_all<E: Display>(check: impl Fn(&Project, &Go, &Fixture) -> Result<Checked, E> + Sync) {
    let project = project();
    let go = Go::find(project).expect("Go");
    let fixtures = mistakes::all(project).expect("every header can be read");
    let left: Mutex<Vec<&Fixture>> = Mutex::new(fixtures.iter().collect());
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let ask = || {
            while let Some(fixture) = left.lock().expect("no panic").pop() {
                let shown = fixture.path.display();
                let problems = match check(project, &go, fixture) {
                    Ok(checked) => {
                        for skipped in &checked.skipped {
                            eprintln!("skipped: {shown}: {skipped}");
                        }
                        let skipped = checked
                            .skipped
                            .into_iter()
                            .filter(|_| optional_tools::required());
                        checked.problems.into_iter().chain(skipped).collect()
                    }
                    Err(error) => vec![format!("{error:#}")],
                };
                let problems = problems.into_iter().map(|what| format!("{shown}: {what}"));
                wrong.lock().expect("no panic").extend(problems);
            }
        };
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(ask);
        }
    });
    let wrong = wrong.into_inner().expect("no panic");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_kept_answers_are_there_and_name_no_machine() {
    let project = project();
    let mut wrong = Vec::new();
    for fixture in mistakes::all(project).expect("every header can be read") {
        let path = fixture.path.with_extension("txt");
        let text = std::fs::read_to_string(project.root.join(&path)).unwrap_or_default();
        if text.is_empty() {
            wrong.push(format!(
                "{} is missing: cargo make mistakes writes it",
                path.display()
            ));
        }
        let root = project.root.to_string_lossy();
        if text.contains(&*root) || text.contains("/tmp/") || text.contains("/home/") {
            wrong.push(format!("{} names a folder of a machine", path.display()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

//! What the tests of all topics share: both programs run alike, and what they print is compared.
//!
//! [`contract!`] writes the tests that every topic has to pass; a topic's own file adds what its section
//! is about. It depends on the lab's crates, which build and compare the programs; start at [`contract!`].

pub mod attack;
mod contract;
pub mod fuzz;
pub mod go_remarks;
mod minimum_work;
mod operations;
pub mod process;
mod same;
pub mod server;
pub mod stage;

use std::{path::PathBuf, sync::OnceLock, time::Duration};

use assert_cmd::Command;
use lab_verify::{
    difftest::table::{self, Operation},
    verify,
};
use lab_workspace::{
    environment,
    programs::{self, Programs},
    project::Project,
};

pub use contract::*;
pub use same::{Call, Same};

/// Time limit of a program, far more than it needs.
const LIMIT: Duration = Duration::from_mins(10);

/// The two programs of a topic, built on demand.
#[derive(Debug)]
pub struct Pair {
    topic: &'static str,
    programs: Programs,
}

/// The project that is tested.
pub fn project() -> &'static Project {
    static PROJECT: OnceLock<Project> = OnceLock::new();
    PROJECT.get_or_init(|| Project::find().expect("the tests run inside the project"))
}

impl Pair {
    /// Builds both programs, so that none is ever stale.
    pub fn of(topic: &'static str) -> Self {
        let built = programs::build(project(), &[topic]);
        Pair {
            topic,
            programs: built.unwrap_or_else(|error| panic!("{error:#}")),
        }
    }

    /// The topic's name.
    pub fn topic(&self) -> &'static str {
        self.topic
    }

    /// The Rust program, with these arguments.
    pub fn rust(&self, arguments: &[&str]) -> Command {
        command(&self.programs.rust, self.topic, arguments)
    }

    /// The Go program, with these arguments.
    pub fn go(&self, arguments: &[&str]) -> Command {
        command(&self.programs.go, self.topic, arguments)
    }

    /// Runs both and asserts equal bytes on stdout and stderr, and the same exit code.
    #[track_caller]
    pub fn same(&self, arguments: &[&str]) -> Same {
        self.same_with(arguments, "")
    }

    /// Runs both on a script.
    #[track_caller]
    pub fn script(&self, script: impl AsRef<[u8]>) -> Same {
        self.same_with(&["replay"], script)
    }

    /// Runs both with this standard input.
    #[track_caller]
    pub fn same_with(&self, arguments: &[&str], stdin: impl AsRef<[u8]>) -> Same {
        let stdin = stdin.as_ref();
        let rust = self.rust(arguments).write_stdin(stdin).assert();
        let go = self.go(arguments).write_stdin(stdin).assert();
        let call = Call {
            programs: self.programs(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            stdin: stdin.to_owned(),
            folder: project().target().join("failed"),
        };
        Same::compare(call, rust, &go)
    }

    /// The paths of the Rust program and of the Go program.
    pub fn programs(&self) -> [PathBuf; 2] {
        [&self.programs.rust, &self.programs.go].map(|folder| folder.join(self.topic))
    }

    /// The facts that both print: name, Go's value, Rust's value.
    #[track_caller]
    pub fn contrast(&self) -> Vec<[String; 3]> {
        let facts = |mut command: Command| {
            let assert = command.assert().success().stderr("");
            let text = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
            text.lines()
                .map(|line| line.split_once('\t').expect("a name, a tab, a value"))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect::<Vec<_>>()
        };
        let (go, rust) = (
            facts(self.go(&["contrast"])),
            facts(self.rust(&["contrast"])),
        );
        let names =
            |facts: &[(String, String)]| facts.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
        assert_eq!(names(&go), names(&rust), "the same facts in the same order");
        let both = go.into_iter().zip(rust);
        both.map(|((name, go), (_, rust))| [name, go, rust])
            .collect()
    }

    /// Asserts these facts, in this order: name, Go's value, Rust's value. `*` stands for any value.
    #[track_caller]
    pub fn assert_contrast(&self, expected: &[[&str; 3]]) {
        let facts = self.contrast();
        let fits = |fact: &[String; 3], expected: &[&str; 3]| {
            fact.iter()
                .zip(expected)
                .all(|(value, expected)| *expected == "*" || value == expected)
        };
        let all = facts.len() == expected.len()
            && facts
                .iter()
                .zip(expected)
                .all(|(fact, expected)| fits(fact, expected));
        assert!(all, "expected {expected:#?}, facts {facts:#?}");
    }

    /// Go's value and Rust's value of one fact.
    #[track_caller]
    pub fn fact(&self, name: &str) -> [String; 2] {
        let [fact] = self.facts([name]);
        fact
    }

    /// Go's values and Rust's values of some facts of one run.
    #[track_caller]
    pub fn facts<const N: usize>(&self, names: [&str; N]) -> [[String; 2]; N] {
        let facts = self.contrast();
        names.map(|name| {
            let found = facts.iter().find(|fact| fact[0] == name).cloned();
            let [_, go, rust] = found.unwrap_or_else(|| panic!("no fact is called {name:?}"));
            [go, rust]
        })
    }

    /// The operations of a script, as the program prints them.
    #[track_caller]
    pub fn operations(&self) -> Vec<Operation> {
        let printed = self.same(&["operations"]).success();
        let table = String::from_utf8_lossy(&printed.get_output().stdout).into_owned();
        table::read(&table).unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// The scripts that every test of the topic runs.
    #[track_caller]
    pub fn scripts(&self) -> Vec<PathBuf> {
        let project = project();
        let topic = project.topic(self.topic).expect("a topic of the project");
        let scripts = verify::scripts(project, topic).expect("the folder can be read");
        scripts.iter().map(|path| project.root.join(path)).collect()
    }
}

fn command(program: &std::path::Path, topic: &str, arguments: &[&str]) -> Command {
    // Variables of the user's shell are not part of the test.
    let mut command = Command::from_std(environment::program(program.join(topic)));
    command.args(arguments).timeout(LIMIT);
    command
}

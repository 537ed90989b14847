//! Mutants: whether the tests notice a planted bug. Each patch in `tests/mutants` breaks one half of a pair; it
//! is applied to a copy of the project, and something that the topic's tests do has to fail.

pub mod copy;
mod tally;
pub mod touched_topics;
pub mod working_edit;

use std::{
    cell::RefCell,
    collections::BTreeSet,
    env, fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use lab_workspace::{
    environment, folder,
    language::Language,
    project::{Project, Topic},
    run_limited::{self, End},
    toolchain::Go,
};

use copy::Copy;

pub use tally::{Counts, Tally};

/// Time limit of a check without a mutant, which builds all that a topic needs; and of the pair's tests.
const TIME_LIMIT: Duration = Duration::from_mins(15);

/// Time limit of the other checks of a mutant. One that never ends is caught by it, and is not tried again.
pub const MUTANT_LIMIT: Duration = Duration::from_mins(2);

/// Longest time from a mutant's patch to the test that notices it.
pub const MAX_TIME: Duration = Duration::from_mins(1);

/// The check that takes longest.
const LAST: &str = "the pair's tests";

/// Those of the pair's tests that perform measured cases, which no script does.
const MEASURED: [&str; 2] = [
    "no_sample_does_less_than_its_scale_demands",
    "every_case_has_the_same_answer_and_the_same_figures",
];

/// A planted bug, written as a patch, that a test has to notice.
#[derive(Debug)]
pub struct Mutant {
    /// The topic that has it.
    pub topic: String,
    /// The language that has it.
    pub language: Language,
    /// The patch, from the top folder.
    pub path: PathBuf,
    /// What is wrong, in a sentence.
    pub says: String,
    text: String,
}

/// What became of a mutant.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate {
    /// This check failed, and what it said.
    Caught(&'static str, String),
    /// Every check passed.
    Survived,
}

impl Mutant {
    /// Whether its patch fits the sources as they are.
    pub fn fits(&self, project: &Project) -> Result<()> {
        copy::edit(&project.root, &self.path, &self.text).map(|_| ())
    }
}

/// The mutants of a topic in a language, by name.
pub fn find(project: &Project, topic: &Topic, language: Language) -> Result<Vec<Mutant>> {
    let folder = PathBuf::from(format!("tests/mutants/{}/{}", topic.name, language.name()));
    let mut mutants = Vec::new();
    for file in folder::entries(&project.root.join(&folder))? {
        let path = folder.join(file.file_name().unwrap_or_default());
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", path.display()))?;
        let says = text.lines().next().unwrap_or_default().to_owned();
        if says.is_empty() || says.starts_with("---") {
            bail!("{} does not begin with a sentence", path.display());
        }
        let topic = topic.name.clone();
        mutants.push(Mutant {
            topic,
            language,
            path,
            says,
            text,
        });
    }
    Ok(mutants)
}

/// A copy of the project in which mutants of one language are planted, with a build folder of its own.
pub struct Bench {
    copy: Copy,
    language: Language,
    /// Topics that pass the last check without any change.
    sound: RefCell<BTreeSet<String>>,
}

impl Bench {
    /// Copies the project. Earlier builds stay, so that little is built again.
    pub fn new(project: &Project, language: Language) -> Result<Self> {
        let folder = project.target().join("mutants").join(language.name());
        Ok(Bench {
            copy: Copy::new(project, &folder)?,
            language,
            sound: RefCell::default(),
        })
    }

    /// Makes sure that an unchanged topic passes; its builds are used again.
    pub fn prepare(&self, topic: &str) -> Result<()> {
        self.is_sound(topic, |check| check != LAST)
    }

    fn is_sound(&self, topic: &str, which: impl Fn(&str) -> bool) -> Result<()> {
        let mut checks = self.checks(topic)?;
        checks.retain(|(check, _)| which(check));
        for (check, command) in checks {
            if let Some(said) = self.failure(command, TIME_LIMIT)? {
                bail!("{topic} fails in {check} without any change: {said}");
            }
        }
        Ok(())
    }

    /// Plants a mutant, runs the checks until one notices it, and takes it back.
    pub fn plant(&self, mutant: &Mutant) -> Result<(Fate, Duration)> {
        let begun = Instant::now();
        let undo = self.copy.patch(&mutant.path, &mutant.text)?;
        let fate = self.fate(&mutant.topic);
        undo.undo()?;
        let time = begun.elapsed();
        let fate = fate?;
        match &fate {
            Fate::Caught("build", said) => {
                bail!("{}: it does not compile: {said}", mutant.path.display());
            }
            // Few mutants get this far, so the unchanged topic is checked only now.
            Fate::Caught(LAST, _) if !self.sound.borrow().contains(&mutant.topic) => {
                self.is_sound(&mutant.topic, |check| check == LAST)?;
                self.sound.borrow_mut().insert(mutant.topic.clone());
            }
            _ => {}
        }
        Ok((fate, time))
    }

    fn fate(&self, topic: &str) -> Result<Fate> {
        for (check, command) in self.checks(topic)? {
            let limit = if check == LAST {
                TIME_LIMIT
            } else {
                MUTANT_LIMIT
            };
            if let Some(said) = self.failure(command, limit)? {
                return Ok(Fate::Caught(check, said));
            }
        }
        Ok(Fate::Survived)
    }

    /// The checks that may notice a mutant, the quickest first.
    fn checks(&self, topic: &str) -> Result<Vec<(&'static str, Command)>> {
        let lab = |words: &[&str]| -> Result<Command> {
            let mut lab = Command::new(env::current_exe()?);
            lab.args(words).args(["--only", topic]);
            Ok(lab)
        };
        let cargo = |words: &[&str]| {
            let mut cargo = environment::cargo();
            cargo.args(["test", "--quiet"]).args(words);
            cargo
        };
        let own = match self.language {
            Language::Rust => cargo(&["-p", topic, "--tests"]),
            Language::Go => {
                let mut go = Go::find(&self.copy.project)?.command(&self.copy.project);
                go.args(["test", "-count=1", "-timeout=40s"]);
                go.arg(format!("./{topic}/..."));
                go
            }
        };
        let own_tests = format!("{topic}::");
        let mut measured = cargo(&["-p", "tests", "--test", "pairs", "--"]);
        measured.args(MEASURED.map(|name| own_tests.clone() + name));
        Ok(vec![
            ("build", lab(&["build"])?),
            ("verify", lab(&["verify", "--behaviour"])?),
            ("its own tests", own),
            ("its measured cases", measured),
            (
                "difftest",
                lab(&["difftest", "--scripts", "300", "--seed", "1"])?,
            ),
            (LAST, cargo(&["-p", "tests", "--test", "pairs", &own_tests])),
        ])
    }

    /// Runs a check; its message if it fails.
    fn failure(&self, mut command: Command, limit: Duration) -> Result<Option<String>> {
        let root = &self.copy.project.root;
        if command.get_current_dir().is_none() {
            command.current_dir(root);
        }
        command.env("CARGO_TARGET_DIR", root.join("target"));
        command.env("NO_COLOR", "1");
        let done = run_limited::run(&mut command, limit).context("cannot start a check")?;
        if done.end == End::Exit(0) {
            return Ok(None);
        }
        let text = [done.stdout, done.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        Ok(Some(match (gist(&text), done.end) {
            (Some(gist), End::Exit(_)) => gist,
            (_, End::Exit(_)) => text.trim().to_owned(),
            (_, end) => end.to_string(),
        }))
    }
}

/// The line that says what failed: a test's name, or what differs.
fn gist(text: &str) -> Option<String> {
    let lines = || text.lines().map(str::trim);
    let rust = lines().find_map(|line| line.strip_prefix("---- ")?.strip_suffix(" stdout ----"));
    let go = || lines().find_map(|line| line.strip_prefix("--- FAIL: ")?.split(' ').next());
    let differs = || {
        lines().find(|line| {
            [" differs in ", " differs on "]
                .iter()
                .any(|w| line.contains(w))
        })
    };
    let missing = || lines().find(|line| line.starts_with("missing: "));
    rust.or_else(go)
        .or_else(differs)
        .or_else(missing)
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gist_is_the_first_thing_that_failed() {
        let rust = "running 2 tests\n..\nfailures:\n\n---- a_node_is_freed stdout ----\nthread";
        assert_eq!(gist(rust).unwrap(), "a_node_is_freed");
        let go = "--- FAIL: TestNode (0.00s)\n    node_test.go:3: bad\nFAIL\n";
        assert_eq!(gist(go).unwrap(), "TestNode");
        let verify = "cycles  differs\n\ncycles: \"demo\" differs in line 3\n  Rust: 1";
        assert_eq!(gist(verify).unwrap(), "cycles: \"demo\" differs in line 3");
        assert_eq!(gist("all is well\n"), None);
    }
}

//! Verifies a pair: both programs do the same in demo, scripts and contrast, the sources mirror each other, and
//! nothing is missing that every pair has.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde::Serialize;

use lab_workspace::{
    environment, folder,
    programs::Programs,
    project::{Project, Topic},
    run_limited::{self, End, Outcome},
};

use crate::{
    compare_outputs::{self, Difference},
    complete,
    difftest::table,
    mutants::working_edit,
    notes, parity,
};

/// Commands that are compared besides the demo: the tables and texts in which a program describes itself.
const SELF_DESCRIPTIONS: [&str; 4] = ["operations", "cases", "--help", "--version"];

/// A part of the verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The demo, and the commands in which a program describes itself.
    Demo,
    /// Every script of the topic.
    Scripts,
    /// The names of the facts that differ.
    Contrast,
    /// The sources, item by item.
    Parity,
    /// The parts that every pair has: tests, README, scripts, mistakes, mutants.
    Parts,
}

/// How much is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All parts.
    Everything,
    /// All but [`Part::Parts`], until the first problem: where a mutant is planted, no other mutant has to fit, and
    /// one difference tells enough.
    Behaviour,
}

impl Extent {
    /// Time limit of one run of a program. A mutant may never end, and its run is no measurement.
    fn program_limit(self) -> Duration {
        match self {
            Extent::Everything => run_limited::PROGRAM_LIMIT,
            Extent::Behaviour => Duration::from_secs(30),
        }
    }
}

/// A problem of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Its part of the verification.
    pub part: Part,
    /// What is wrong, in one sentence.
    pub says: String,
    /// Rust's line and Go's line, where outputs differ.
    pub lines: Option<[String; 2]>,
    /// The command that shows it again.
    pub again: String,
}

/// The result of verifying one pair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The pair's topic.
    pub topic: String,
    /// Whether there is no problem.
    pub equal: bool,
    /// The number of scripts that were compared.
    pub scripts: usize,
    /// The number of facts that both programs print.
    pub facts: usize,
    /// Duration of the verification.
    pub seconds: f64,
    /// All that differs.
    pub problems: Vec<Problem>,
}

impl Verdict {
    /// The number of problems of a part.
    pub fn problems_of(&self, part: Part) -> usize {
        self.problems
            .iter()
            .filter(|problem| problem.part == part)
            .count()
    }
}

/// The scripts of a topic, from the top folder.
pub fn scripts(project: &Project, topic: &Topic) -> Result<Vec<PathBuf>> {
    texts(project, &Path::new("tests/scripts").join(&topic.name))
}

/// The scenes of a topic, from the top folder, and whether its contrast makes them.
pub(crate) fn scenes(project: &Project, topic: &Topic) -> Result<Vec<(PathBuf, bool)>> {
    let mut scenes: Vec<_> = scripts(project, topic)?
        .into_iter()
        .map(|path| (path, false))
        .collect();
    scenes.retain(|(path, _)| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("scene-"))
    });
    let parts = texts(project, &Path::new("tests/parts").join(&topic.name))?;
    scenes.extend(parts.into_iter().map(|path| (path, true)));
    Ok(scenes)
}

/// The `.txt` files of a folder that are not hidden, sorted, from the top folder; empty if there is no such folder.
fn texts(project: &Project, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut texts = Vec::new();
    for path in folder::entries(&project.root.join(folder))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".txt") && !name.starts_with('.') {
            texts.push(path.strip_prefix(&project.root)?.to_owned());
        }
    }
    Ok(texts)
}

/// The number of steps of a topic's verification.
pub fn steps(project: &Project, topic: &Topic) -> Result<u64> {
    // The demo, the table of operations, contrast, parity.
    Ok((1 + SELF_DESCRIPTIONS.len() + scripts(project, topic)?.len() + 1 + 1 + 1) as u64)
}

/// Compares both programs of a topic, and its two sources; `step` is called after each step.
pub fn verify(
    project: &Project,
    topic: &Topic,
    extent: Extent,
    step: &(dyn Fn() + Sync),
) -> Result<Verdict> {
    let begun = Instant::now();
    let mut pair = Pair {
        project,
        topic,
        programs: Programs::locate(project),
        extent,
        problems: Vec::new(),
        step,
    };
    pair.demo()?;
    let scripts = pair.scripts()?;
    let mut facts = 0;
    if !pair.is_decided() {
        facts = pair.contrast()?;
    }
    if !pair.is_decided() {
        pair.parity()?;
    }
    if extent == Extent::Everything {
        for says in complete::check(project, topic)? {
            pair.problem(Part::Parts, says);
        }
        for problem in notes::unexplained(project)? {
            if [topic.rust_source(), topic.go_source()].contains(&problem.path) {
                pair.problem(Part::Parts, problem.to_string());
            }
        }
        if pair.problems.iter().all(|found| found.part == Part::Parts) {
            working_edit::remember(project, topic)?;
        }
    }
    Ok(Verdict {
        topic: topic.name.clone(),
        equal: pair.problems.is_empty(),
        scripts,
        facts,
        seconds: begun.elapsed().as_secs_f64(),
        problems: pair.problems,
    })
}

struct Pair<'a> {
    project: &'a Project,
    topic: &'a Topic,
    programs: Programs,
    extent: Extent,
    problems: Vec<Problem>,
    step: &'a (dyn Fn() + Sync),
}

impl Pair<'_> {
    /// Whether nothing that follows can change the result.
    fn is_decided(&self) -> bool {
        self.extent == Extent::Behaviour && !self.problems.is_empty()
    }

    fn demo(&mut self) -> Result<()> {
        let (rust, go) = self.compare(Part::Demo, &["demo"])?;
        self.says_something(Part::Demo, "demo", &rust, &go);
        for command in SELF_DESCRIPTIONS {
            self.compare(Part::Demo, &[command])?;
        }
        Ok(())
    }

    fn scripts(&mut self) -> Result<usize> {
        let scripts = scripts(self.project, self.topic)?;
        let (mut printing, mut words) = (0, BTreeSet::new());
        for script in &scripts {
            if self.is_decided() {
                return Ok(scripts.len());
            }
            let path = script.to_string_lossy().replace('\\', "/");
            let (rust, _) = self.compare(Part::Scripts, &["replay", &path])?;
            printing += usize::from(!rust.stdout.is_empty());
            let text = fs::read_to_string(self.project.root.join(script))
                .with_context(|| format!("cannot read {path}"))?;
            let first = text
                .lines()
                .filter_map(|line| line.split_whitespace().next());
            words.extend(first.map(str::to_owned));
        }
        let (operations, _) = self.run(&["operations"])?;
        self.scripts_suffice(&operations.stdout, scripts.len(), printing, &words);
        Ok(scripts.len())
    }

    /// Checks that scripts print something and use every operation: otherwise they compare too little.
    fn scripts_suffice(
        &mut self,
        operations: &[u8],
        count: usize,
        printing: usize,
        words: &BTreeSet<String>,
    ) {
        let folder = format!("tests/scripts/{}", self.topic.name);
        let table = table::read(&String::from_utf8_lossy(operations)).unwrap_or_default();
        if table.is_empty() {
            return;
        }
        if count == 0 {
            let says = format!("there are operations but no scripts in {folder}");
            return self.problem(Part::Scripts, says);
        }
        if printing < complete::MIN_PRINTING {
            let min = complete::MIN_PRINTING;
            let says =
                format!("{printing} scripts in {folder} print something: at least {min} have to");
            self.problem(Part::Parts, says);
        }
        let scenes = scenes(self.project, self.topic).map_or(0, |scenes| scenes.len());
        if scenes < complete::MIN_SCENES && table.iter().any(|o| o.part == table::Part::Settles) {
            let min = complete::MIN_SCENES;
            let says = format!("{scenes} scenes in {folder}: at least {min} are needed");
            self.problem(Part::Parts, says);
        }
        let operations = table.iter().map(|operation| operation.word.as_str());
        let unused: Vec<&str> = operations.filter(|word| !words.contains(*word)).collect();
        if !unused.is_empty() {
            let says = format!("no script in {folder} uses {}", unused.join(", "));
            self.problem(Part::Parts, says);
        }
    }

    /// Facts differ in their values, not in their names or order.
    fn contrast(&mut self) -> Result<usize> {
        let arguments = ["contrast"];
        let (mut rust, mut go) = self.run(&arguments)?;
        self.says_something(Part::Contrast, "contrast", &rust, &go);
        let facts = rust
            .stdout
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .count();
        (rust.stdout, go.stdout) = (names(&rust.stdout), names(&go.stdout));
        self.differs(
            Part::Contrast,
            &arguments,
            compare_outputs::outcomes(&rust, &go),
        );
        Ok(facts)
    }

    fn parity(&mut self) -> Result<()> {
        for says in parity::check(self.project, self.topic)?.problems {
            self.problem(Part::Parity, says.to_string());
        }
        (self.step)();
        Ok(())
    }

    fn compare(&mut self, part: Part, arguments: &[&str]) -> Result<(Outcome, Outcome)> {
        let (rust, go) = self.run(arguments)?;
        self.differs(part, arguments, compare_outputs::outcomes(&rust, &go));
        Ok((rust, go))
    }

    /// Both sides may agree and still be wrong.
    fn says_something(&mut self, part: Part, command: &str, rust: &Outcome, go: &Outcome) {
        if rust.end != go.end {
            return;
        }
        if rust.end != End::Exit(0) {
            self.problem(
                part,
                format!("\"{command}\" fails on both sides: {}", rust.end),
            );
        } else if rust.stdout.is_empty() && go.stdout.is_empty() {
            self.problem(part, format!("\"{command}\" prints nothing on both sides"));
        }
    }

    /// Runs both programs side by side.
    fn run(&self, arguments: &[&str]) -> Result<(Outcome, Outcome)> {
        let run = |folder: &Path| {
            let program = folder.join(&self.topic.name);
            let mut command = environment::program(&program);
            command.current_dir(&self.project.root).args(arguments);
            run_limited::run(&mut command, self.extent.program_limit())
                .with_context(|| format!("cannot run {}", program.display()))
        };
        let (rust, go) = thread::scope(|scope| {
            let go = scope.spawn(|| run(&self.programs.go));
            let rust = run(&self.programs.rust);
            (rust, go.join().expect("running a program does not panic"))
        });
        (self.step)();
        Ok((rust?, go?))
    }

    fn differs(&mut self, part: Part, arguments: &[&str], difference: Option<Difference>) {
        let Some(Difference { place, rust, go }) = difference else {
            return;
        };
        let show = |folder: &Path| {
            let program = shown(&folder.join(&self.topic.name));
            [&[program.as_str()], arguments].concat().join(" ")
        };
        let (rust_command, go_command) = (show(&self.programs.rust), show(&self.programs.go));
        self.problems.push(Problem {
            part,
            says: format!("\"{}\" differs in {place}", arguments.join(" ")),
            lines: Some([rust, go]),
            again: format!("diff <({rust_command} 2>&1) <({go_command} 2>&1)"),
        });
    }

    fn problem(&mut self, part: Part, says: String) {
        self.problems.push(Problem {
            part,
            says,
            lines: None,
            again: format!("cargo lab verify --only {}", self.topic.name),
        });
    }
}

/// The text before the tab, line by line.
fn names(facts: &[u8]) -> Vec<u8> {
    let lines = facts.split_inclusive(|&byte| byte == b'\n');
    let name = |line: &[u8]| match line.iter().position(|&byte| byte == b'\t') {
        Some(tab) => [&line[..tab], b"\n"].concat(),
        None => line.to_vec(),
    };
    lines.flat_map(name).collect()
}

/// A path as one would type it here.
fn shown(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_compared_by_name_alone() {
        assert_eq!(names(b"a\t1\nb\t2\n"), b"a\nb\n");
        assert_eq!(names(b"no tab\n"), b"no tab\n");
        assert_eq!(names(b""), b"");
    }
}

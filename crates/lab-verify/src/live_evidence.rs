//! Evidence for yes/no claims: runs programs and compilers, and caches their answers.

use std::{cell::RefCell, collections::BTreeMap, fmt::Write as _, fs, io::Write as _, path::Path};

use anyhow::{Context as _, Result, anyhow, bail};
use serde::{Deserialize, Serialize};

use lab_results::evidence::{Answer, Evidence, Fact, Question, Replay};
use lab_workspace::{
    environment, folder, hash, optional_tools,
    programs::{self, Programs},
    project::Project,
    run_limited::{self, End, in_one_line, last_words},
    toolchain::Go,
};

use crate::{checks, mistakes};

/// Cache of answers, in the build folder.
const CACHE: &str = "answers.json";

/// The facts of a topic: its name, Go's value, Rust's value.
type Facts = Vec<[String; 3]>;

/// Evidence for yes/no claims: runs programs and compilers, and caches the answers until one of them
/// changes. A question that cannot be asked stays undecided; the others are asked all the same.
pub struct LiveEvidence<'a> {
    project: &'a Project,
    /// The programs and tools, or why there are none.
    tools: Result<Tools, String>,
    facts: RefCell<BTreeMap<String, Facts>>,
    cache: RefCell<Cache>,
    failed: RefCell<Vec<String>>,
}

/// The programs of both languages, and a compiler.
struct Tools {
    programs: Programs,
    go: Go,
    state: String,
}

/// Answers by their questions, and the state of programs and tools that they belong to.
#[derive(Default, Serialize, Deserialize)]
struct Cache {
    state: String,
    answers: BTreeMap<String, Answer>,
}

impl Evidence for LiveEvidence<'_> {
    fn answer(&self, question: &Question) -> Result<Answer> {
        let key = format!("{question:?}");
        if let Some(answer) = self.cache.borrow().answers.get(&key) {
            return Ok(answer.clone());
        }
        let answer = match self.find_out(question) {
            Ok(answer) => answer,
            Err(why) => {
                let why = in_one_line(&why);
                self.failed.borrow_mut().push(why.clone());
                return Ok((None, why));
            }
        };
        // An undecided question is asked again the next time.
        if answer.0.is_some() {
            let mut cache = self.cache.borrow_mut();
            cache.answers.insert(key, answer.clone());
        }
        Ok(answer)
    }
}

impl<'a> LiveEvidence<'a> {
    /// The evidence of a project, whose programs it builds.
    pub fn new(project: &'a Project) -> Self {
        let tools = Tools::find(project).map_err(|why| in_one_line(&why));
        let text = fs::read(project.target().join(CACHE)).unwrap_or_default();
        let mut cache: Cache = serde_json::from_slice(&text).unwrap_or_default();
        let state = tools.as_ref().map_or("", |tools| &tools.state);
        if cache.state != state {
            cache = Cache {
                state: state.to_owned(),
                ..Cache::default()
            };
        }
        LiveEvidence {
            project,
            tools,
            facts: RefCell::default(),
            cache: RefCell::new(cache),
            failed: RefCell::default(),
        }
    }

    /// Why questions could not be asked, each reason once.
    pub fn failed(&self) -> Vec<String> {
        let mut failed = self.failed.borrow().clone();
        failed.sort();
        failed.dedup();
        failed
    }

    fn tools(&self) -> Result<&Tools> {
        self.tools.as_ref().map_err(|why| anyhow!("{why}"))
    }

    /// Writes the cache.
    pub fn save_cache(&self) -> Result<()> {
        if self.tools.is_err() {
            return Ok(());
        }
        let path = self.project.target().join(CACHE);
        let mut file = tempfile::NamedTempFile::new_in(self.project.target())?;
        serde_json::to_writer(&mut file, &*self.cache.borrow())?;
        file.persist(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(())
    }

    fn find_out(&self, question: &Question) -> Result<Answer> {
        match question {
            Question::Fact(fact) => self.fact(fact),
            Question::Replay(replay) => self.replay(replay),
            Question::Mistake(path) => self.mistake(path),
            Question::Check(name) => {
                let Tools { programs, go, .. } = self.tools()?;
                checks::perform(name, self.project, programs, go)
            }
        }
    }

    fn fact(&self, question: &Fact) -> Result<Answer> {
        let mut known = self.facts.borrow_mut();
        if !known.contains_key(&question.topic) {
            known.insert(question.topic.clone(), self.facts_of(&question.topic)?);
        }
        let found = known[&question.topic]
            .iter()
            .find(|fact| fact[0] == question.name);
        let [name, go, rust] = found.with_context(|| {
            format!(
                "{} tells no fact that is called {:?}",
                question.topic, question.name
            )
        })?;
        let fits = |expected: &Option<String>, value: &String| {
            expected.as_ref().is_none_or(|expected| expected == value)
        };
        let seen = match (&question.go, &question.rust) {
            (Some(_), Some(_)) => format!("{name}: {go} in Go, {rust} in Rust"),
            (Some(_), None) => format!("{name}: {go} in Go"),
            _ => format!("{name}: {rust} in Rust"),
        };
        Ok((
            Some(fits(&question.go, go) && fits(&question.rust, rust)),
            seen,
        ))
    }

    /// The facts that both programs of a topic print.
    fn facts_of(&self, topic: &str) -> Result<Facts> {
        let facts = |folder: &Path| -> Result<Vec<(String, String)>> {
            let program = folder.join(topic);
            let outcome = run_limited::run(
                environment::program(&program).arg("contrast"),
                run_limited::PROGRAM_LIMIT,
            )
            .with_context(|| format!("cannot start {}", program.display()))?;
            if outcome.end != End::Exit(0) {
                let said = last_words(&outcome.stderr);
                bail!("{} contrast: {}: {said}", program.display(), outcome.end);
            }
            let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
            let pair = |line: &str| {
                let (name, value) = line.split_once('\t')?;
                Some((name.to_owned(), value.to_owned()))
            };
            Ok(text.lines().filter_map(pair).collect())
        };
        let Programs { rust, go } = &self.tools()?.programs;
        let (go, rust) = (facts(go)?, facts(rust)?);
        Ok(by_name(go, &rust))
    }

    fn replay(&self, replay: &Replay) -> Result<Answer> {
        let programs = &self.tools()?.programs;
        let folder = match replay.side.as_str() {
            "go" => &programs.go,
            "rust" => &programs.rust,
            other => bail!("{other:?} is no side"),
        };
        let program = folder.join(&replay.topic);
        let mut script = tempfile::NamedTempFile::new()?;
        script.write_all(replay.script.as_bytes())?;
        let mut command = environment::program(&program);
        command.arg("replay").arg(script.path());
        let outcome = run_limited::run(&mut command, run_limited::PROGRAM_LIMIT)
            .with_context(|| format!("cannot start {}", program.display()))?;
        let printed = String::from_utf8_lossy(&outcome.stdout).into_owned();
        let last = printed.lines().last().unwrap_or_default();
        let script = replay.script.trim().replace('\n', ", ");
        let is_as_claimed = outcome.end == End::Exit(0) && last == replay.last;
        Ok((Some(is_as_claimed), format!("{script}: {last}")))
    }

    fn mistake(&self, path: &str) -> Result<Answer> {
        let fixtures = mistakes::all(self.project)?;
        let fixture = fixtures
            .iter()
            .find(|fixture| fixture.path.to_string_lossy() == path)
            .with_context(|| format!("there is no mistake {path}"))?;
        let checked = mistakes::check(self.project, &self.tools()?.go, fixture)?;
        let answers: Vec<_> = fixture.answers.iter().map(ToString::to_string).collect();
        if let Some(skipped) = checked.skipped.first() {
            return Ok((None, skipped.clone()));
        }
        let seen = match checked.problems.first() {
            Some(problem) => problem.clone(),
            None => format!(
                "{}: {}",
                fixture.sentence.trim_end_matches('.'),
                answers.join(", ")
            ),
        };
        Ok((Some(checked.problems.is_empty()), seen))
    }
}

impl Tools {
    fn find(project: &Project) -> Result<Self> {
        let programs = programs::build_all(project)?;
        let go = Go::find(project)?;
        let state = state(project, &programs, &go)?;
        Ok(Tools {
            programs,
            go,
            state,
        })
    }
}

/// A hash of everything that answers depend on: programs and their sources, mistakes, the lab itself, compilers
/// and linters.
fn state(project: &Project, programs: &Programs, go: &Go) -> Result<String> {
    let mut state = String::new();
    // Its sources instead of a program: `lab`, `book` and the tests share the cache.
    let mut files = vec![project.root.join("Cargo.lock")];
    for code in
        ["lab-verify", "lab-results", "lab-workspace"].map(|name| format!("crates/{name}/src"))
    {
        files.extend(folder::files_below(&project.root.join(code), &[])?);
    }
    for topic in &project.topics {
        // Checks count their words.
        files.push(project.root.join(topic.rust_source()));
        files.push(project.root.join(topic.go_source()));
        files.push(programs.rust.join(&topic.name));
        files.push(programs.go.join(&topic.name));
    }
    let mistakes = mistakes::all(project)?;
    files.extend(
        mistakes
            .iter()
            .map(|fixture| project.root.join(&fixture.path)),
    );
    for file in files {
        // A missing file adds nothing.
        state += &hash::of_file(&file).unwrap_or_default();
    }
    let staticcheck =
        optional_tools::staticcheck(project, go).unwrap_or_else(|| "staticcheck".into());
    let mut tools = [
        environment::rustc(),
        environment::tool("clippy-driver"),
        environment::tool("cc"),
        go.command(project),
        go.around(project, &staticcheck)?,
    ];
    let options = ["-vV", "--version", "--version", "version", "-version"];
    for (tool, option) in tools.iter_mut().zip(options) {
        // A missing tool has no version; installing it changes the state.
        let version = tool.arg(option).output().map(|output| output.stdout);
        let version = version.unwrap_or_default();
        let _ = writeln!(state, "{}", String::from_utf8_lossy(&version));
    }
    Ok(state)
}

/// The facts that both languages print, joined by name.
fn by_name(go: Vec<(String, String)>, rust: &[(String, String)]) -> Facts {
    let both = go.into_iter().filter_map(|(name, go)| {
        let (_, rust) = rust.iter().find(|(other, _)| *other == name)?;
        Some([name, go, rust.clone()])
    });
    both.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_belong_together_by_name() {
        let owned = |facts: &[[&str; 2]]| -> Vec<(String, String)> {
            let pair = |[name, value]: &[&str; 2]| ((*name).to_owned(), (*value).to_owned());
            facts.iter().map(pair).collect()
        };
        let go = owned(&[["only here", "1"], ["size", "16"], ["zero", "nil"]]);
        let rust = owned(&[["zero", "None"], ["size", "8"]]);
        let expected = [["size", "16", "8"], ["zero", "nil", "None"]];
        assert_eq!(by_name(go, &rust), expected);
    }
}

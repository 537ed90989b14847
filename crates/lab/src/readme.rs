//! The ledger of the reference, as it stands in README.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use lab_judge::{
    claims::Claims,
    figures::Results,
    judge::{Judgement, judge},
    ledger,
    reference::{self, FOLDER},
};
use lab_results::{
    evidence::{Answer, Evidence, Question},
    result::{OUTSIDE, ResultFile},
};
use lab_verify::world::World;
use lab_workspace::{owned, project::Project};

/// The file beside them with the lab's own checks.
const CHECKS: &str = "crates/lab-judge/reference/checks.toml";

/// The page that shows it.
const PAGE: &str = "README.md";

/// The lines between which it stands there.
const MARKS: [&str; 2] = [
    "<!-- ledger: cargo lab judge --readme -->",
    "<!-- end of ledger -->",
];

/// What README has to show, and what it shows.
pub fn readme(project: &Project) -> Result<[String; 2]> {
    let (_, shown, _) = parts(project)?;
    let path = project.root.join(CHECKS);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let checks = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    let world = World::new(project);
    let checked = Checked { world, checks };
    let expected = ledger_of(project, &checked)?;
    checked.whole()?;
    checked.world.keep()?;
    Ok([expected, shown])
}

/// The lab's own checks, as they came out on the reference's machine: some of them measure. Whatever else
/// is yes or no is asked of the programs that are here.
struct Checked<'a> {
    world: World<'a>,
    checks: BTreeMap<String, Check>,
}

/// How one came out.
#[derive(Serialize, Deserialize)]
struct Check {
    /// Whether it is so, unless that could not be told.
    is_so: Option<bool>,
    /// What was seen.
    seen: String,
}

impl Evidence for Checked<'_> {
    fn answer(&self, question: &Question) -> Result<Answer> {
        if let Question::Check(name) = question
            && let Some(Check { is_so, seen }) = self.checks.get(name)
        {
            return Ok((*is_so, seen.clone()));
        }
        self.world.answer(question)
    }
}

impl<'a> Checked<'a> {
    /// Performs all checks that claims name, on this machine.
    fn here(project: &'a Project) -> Result<Self> {
        let world = World::new(project);
        let mut checks = BTreeMap::new();
        for claim in &Claims::read(project)?.claim {
            for test in claim.test.iter().chain(&claim.answered_by) {
                if let Some(name) = &test.check {
                    let (is_so, seen) = world.answer(&Question::Check(name.clone()))?;
                    checks.insert(name.clone(), Check { is_so, seen });
                }
            }
        }
        let checked = Checked { world, checks };
        checked.whole()?;
        Ok(checked)
    }

    /// Whether all could be asked: nothing less is written down.
    fn whole(&self) -> Result<()> {
        let failed = self.world.failed();
        ensure!(failed.is_empty(), "{}", failed.join("\n"));
        Ok(())
    }
}

/// Writes the ledger of the reference into README, and tells its path.
pub fn write(project: &Project) -> Result<PathBuf> {
    let (before, _, after) = parts(project)?;
    let checked = Checked::here(project)?;
    let expected = ledger_of(project, &checked)?;
    let checks = toml::to_string(&checked.checks)?;
    owned::replace(&project.root.join(CHECKS), checks.as_bytes())?;
    let path = project.root.join(PAGE);
    let text = format!("{before}{}\n\n{expected}\n{}{after}", MARKS[0], MARKS[1]);
    owned::replace(&path, text.as_bytes())?;
    Ok(path)
}

fn ledger_of(project: &Project, world: &Checked) -> Result<String> {
    let files = reference::files(project)?;
    if files.is_empty() {
        bail!("{FOLDER} has no result: measure one and put it there");
    }
    let claims = Claims::read(project)?;
    let judged = claims
        .claim
        .iter()
        .map(|c| judge(c, &Results(&files), world));
    Ok(section(&files, &judged.collect::<Result<Vec<_>>>()?))
}

/// README before, between and after the marks.
fn parts(project: &Project) -> Result<(String, String, String)> {
    let path = project.root.join(PAGE);
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let found = text.split_once(MARKS[0]).and_then(|(before, rest)| {
        let (shown, after) = rest.split_once(MARKS[1])?;
        let [before, after] = [before, after].map(str::to_owned);
        Some((before, format!("{}\n", shown.trim()), after))
    });
    found.with_context(|| format!("{} lacks the lines {MARKS:?}", path.display()))
}

/// The ledger as GitHub shows it well, on a phone too: three columns, short cells. The claims of other
/// sources stand there where they were measured.
fn section(files: &[ResultFile], judgements: &[Judgement]) -> String {
    let heading = ledger::heading(files, usize::MAX).replace('\n', "; ");
    let mut text = String::new();
    for (others, judgements) in ledger::tables(judgements) {
        let counts = ledger::counts(judgements);
        if others.is_empty() {
            let _ = writeln!(
                text,
                "One machine's ledger ({heading}). **{counts}.** Yours: `cargo make all`.\n"
            );
            table(&mut text, judgements);
        } else if files.iter().any(|file| file.request.mode == OUTSIDE) {
            let _ = writeln!(
                text,
                "\n{others}. **{counts}.** Yours: `cargo lab measure --only outside`.\n"
            );
            table(&mut text, judgements);
        }
    }
    text
}

fn table(text: &mut String, judgements: &[Judgement]) {
    *text += "| verdict | claim | figure with its 95 % interval |\n|---|---|---|\n";
    for judgement in judgements {
        let claim = judgement.claim;
        // What programs print when they are asked may differ from run to run: the verdict does not.
        let found = judgement.found.iter().chain(&judgement.shown);
        let measured = found.filter(|f| f.figure.is_some());
        let mut found: Vec<String> = measured.filter_map(ledger::said).collect();
        found.extend(claim.figure.iter().map(|said| format!("*said: {said}*")));
        let source = claim.source.iter();
        found.extend(source.map(|source| format!("*said by {source}*")));
        let why = match judgement.verdict.why() {
            "" => String::new(),
            why => format!(" ({why})"),
        };
        let _ = writeln!(
            text,
            "| {} **{}**{} | {} | {} |",
            claim.id,
            judgement.verdict.word(),
            ledger::cell(&why),
            ledger::cell(&claim.says),
            ledger::cell(&found.join("; ")),
        );
    }
}

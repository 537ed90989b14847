//! Tools that the book can do without, and what stays open because they are missing.

use lab_judge::{
    judgement::{TestQuestion, Tested},
    verdict::Verdict,
};
use lab_results::evidence::Question;
use lab_verify::mistakes::{Answer, Fixture, Language};
use lab_workspace::{optional_tools, project::Project, toolchain::Go};

use crate::{compiler_remarks, messages::Warnings, verdicts::Verdicts};

/// Says which claims and mistakes lack a tool.
pub fn tools(project: &Project, verdicts: &Verdicts, fixtures: &[Fixture], warnings: &Warnings) {
    let is_asked = project.topic(compiler_remarks::TOPIC).is_ok();
    if is_asked && compiler_remarks::rust().0 != compiler_remarks::CLIPPY {
        let place = format!("{}.html", compiler_remarks::TOPIC);
        let why = "Clippy is missing, the compiler alone was asked: rustup component add clippy";
        warnings.missing(&place, why);
    }
    let Ok(go) = Go::find(project) else {
        return;
    };
    if optional_tools::staticcheck(project, &go).is_some() {
        return;
    }
    let asks = |fixture: &&Fixture| {
        let is_go = fixture.language == Language::Go;
        let asks = |answer: &Answer| matches!(answer, Answer::Staticcheck(_) | Answer::Silent);
        is_go && fixture.answers.iter().any(asks)
    };
    let paths = fixtures
        .iter()
        .filter(asks)
        .map(|f| f.path.display().to_string());
    let paths: Vec<String> = paths.collect();
    let is_asked = |tested: &Tested| matches!(&tested.question, TestQuestion::Question(Question::Mistake(path)) if paths.contains(path));
    for claim in &verdicts.claims {
        // The reference keeps what the tool answered there.
        let is_open = matches!(claim.verdict, Verdict::Undecided(_));
        if is_open && claim.tests.iter().any(is_asked) {
            let get = optional_tools::get_staticcheck();
            let why = format!("staticcheck is missing, so it stays undecided: {get}");
            warnings.missing(&format!("claim {}", claim.id), &why);
        }
    }
}

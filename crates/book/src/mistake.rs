//! A mistake: wrong code with the numbers of its lines, what the tools answer to it, and its fix.

use std::{fmt::Write as _, fs};

use anyhow::Result;
use lab_verify::mistakes::{
    Fixture, Language,
    fix::{self, Fix},
};
use lab_workspace::project::Project;

use crate::{highlight::Highlighter, verdicts};
use maud::{Markup, PreEscaped, html};

/// The code, folded, with its answer and its fix.
pub fn html(project: &Project, fixture: &Fixture, highlighter: &Highlighter) -> Result<Markup> {
    let text = fs::read_to_string(project.root.join(&fixture.path))?;
    let (language, name) = match fixture.language {
        Language::Rust => ("rust", "Rust"),
        Language::Go => ("go", "Go"),
    };
    let code: Vec<&str> = text
        .lines()
        .skip_while(|line| {
            line.starts_with("// Mistake:") || line.starts_with("// Answer:") || line.is_empty()
        })
        .collect();
    // The answer counts the lines of the whole file.
    let skipped = text.lines().count() - code.len();
    let lines = highlighter.snippet(language, &code.join("\n"));
    let mut shown = String::new();
    for line in lines {
        let class = if line.contains("&lt;- here") {
            " bad"
        } else {
            ""
        };
        let line = line.replace("<i class=c>// &lt;- here</i>", "");
        let _ = write!(shown, "<span class=\"l{class}\">{line}\n</span>");
    }
    let kept = fs::read_to_string(project.root.join(fixture.path.with_extension("txt"))).ok();
    let answers: Vec<String> = fixture.answers.iter().map(ToString::to_string).collect();
    let path = fixture.path.display().to_string();
    let mut sentence = fixture.sentence.clone();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let fix = fix::read(project, fixture)?;
    let right = fs::read_to_string(project.root.join(&fix.path))?;
    let painted = [&text, &right].map(|text| highlighter.snippet(language, text));
    Ok(html! {
        details.mistake {
            summary { span class={ "tag " (language) } { (name) } " " (sentence) " " span.answer { (answers.join(", ")) } }
            div.in {
                div {
                    p.label { "Wrong" }
                    pre.body style={ "counter-reset:n " (skipped) } { code { (PreEscaped(shown)) } }
                }
                div {
                    p.label { "What the tools answer" }
                    @if let Some(kept) = kept {
                        pre.output { (kept.trim_end()) }
                    } @else {
                        p { "The full answer is not kept yet: " code { "cargo make mistakes" } " asks for it." }
                    }
                }
                div {
                    p.label.fix { "Fix: " (verdicts::sentence(&fix.sentence)) }
                    pre.body { code { (changes(&fix, &painted)) } }
                }
            }
            p.command { a.mono href={ "source/" (path) ".html" } { (path) } }
        }
    })
}

/// The lines that go and the lines that come; `painted` are all lines of both files.
fn changes(fix: &Fix, [wrong, right]: &[Vec<String>; 2]) -> Markup {
    let mut shown = String::new();
    for change in &fix.changes {
        let (tag, lines) = if change.comes {
            ("ins", right)
        } else {
            ("del", wrong)
        };
        let line = lines.get(change.line - 1).map_or("", String::as_str);
        let line = line.replace("<i class=c>// &lt;- here</i>", "");
        let _ = write!(shown, "<{tag} class=l>{line}\n</{tag}>");
    }
    PreEscaped(shown)
}

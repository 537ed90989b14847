//! The front page: what the book is, what was found, which language then, the claims at a glance, the pairs.

mod cards;
mod claim_figures;
mod finding_picture;
mod findings;
mod glance;
mod hero;
mod recommendations;
mod reliability;
mod run;
mod tested;

pub use findings::large_figures;
pub use hero::promise;

use std::path::Path;

use lab_judge::claims::Claims;
use lab_workspace::project::Project;
use maud::{Markup, html};

use crate::{
    chapter::Chapter,
    messages::Warnings,
    provenance,
    verdicts::{Verdicts, by_source},
};

/// What the front page is made of.
pub struct Cover<'a> {
    /// The project.
    pub project: &'a Project,
    /// The claims as they are written.
    pub claims: &'a Claims,
    /// The claims as they were judged.
    pub verdicts: &'a Verdicts,
    /// The chapters of the pairs.
    pub chapters: &'a [Chapter],
    /// The folder of the results.
    pub results: &'a Path,
    /// What could not be made.
    pub warnings: &'a Warnings,
}

/// The page's content.
pub fn html(cover: &Cover) -> Markup {
    let verdicts = cover.verdicts;
    let (article, others) = by_source(&verdicts.claims);
    html! {
        (hero::html(cover))
        (findings::html(&verdicts.claims))
        (recommendations::html(verdicts))
        (glance::html(article, others))
        (cards::html(cover))
        (run::html(cover))
        (reliability::html(verdicts))
        (provenance::origin(verdicts))
    }
}

/// Small numbers as a sentence begins with them.
const NUMBERS: [&str; 13] = [
    "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven",
    "Twelve",
];

/// A number of things at the beginning of a sentence: `Twelve pairs`.
fn counted(number: usize, noun: &str) -> String {
    let word = NUMBERS.get(number);
    let word = word.map_or_else(|| number.to_string(), |word| (*word).to_owned());
    let plural = if number == 1 { "" } else { "s" };
    format!("{word} {noun}{plural}")
}

#[cfg(test)]
mod tests;

//! The section "How sure is this?" of the front page: bounds, controls, machine.

use lab_results::{
    layout::count,
    result::{Measurement, ResultFile},
};
use maud::{Markup, html};

use super::counted;
use crate::{
    provenance, result_figures,
    verdicts::{Judged, Verdicts},
};

/// The part of the page.
pub fn html(verdicts: &Verdicts) -> Markup {
    let files = &verdicts.files;
    html! {
        section.part #sure {
            div.heading { h2 { "How sure is this?" } }
            div.three {
                @if !verdicts.claims.is_empty() { (beforehand(&verdicts.claims)) }
                @if !files.is_empty() {
                    @let processors = provenance::processors(files);
                    (against_itself(files))
                    div {
                        h3 { (counted(processors.len(), "processor")) }
                        p {
                            (processors.join("; ")) ", " (provenance::days(files)) ". Yours will differ: that is why everything can be measured again. "
                            a href="machine.html" { (provenance::what_measured(files)) } "."
                        }
                    }
                }
            }
            p { a href="methodology.html" { "How each figure comes about" } " · " a href="bias.html" { "Where this may be unfair" } }
        }
    }
}

/// That bounds came first, and how many did not stay as they were.
fn beforehand(claims: &[Judged]) -> Markup {
    let revised = count_revised(claims);
    let guards = claims.iter().filter(|claim| claim.guard).count();
    html! {
        div {
            h3 { "Fixed beforehand" }
            p {
                "Each claim got a bound before the figures that decide were measured. The figure falls within it or it does not."
                @if revised > 0 {
                    " The rules of " (count(revised, "claim")) " were revised later, each with its day and its reason: only figures measured after that day decide."
                }
                @if guards > 0 {
                    " Of " (count(guards, "claim")) " an answer was seen before the bound was fixed: they guard against a step back, and predict nothing."
                }
            }
        }
    }
}

/// The number of claims whose rule was revised after it was fixed.
pub fn count_revised(claims: &[Judged]) -> usize {
    let is_revised = |claim: &&Judged| !claim.revised.is_empty();
    claims.iter().filter(is_revised).count()
}

fn against_itself(files: &[ResultFile]) -> Markup {
    let measurements: Vec<&Measurement> =
        files.iter().flat_map(|file| &file.measurements).collect();
    let blocks: usize = measurements.iter().map(|one| one.blocks.len()).sum();
    let (different, all) = controls(&measurements);
    html! {
        div {
            h3 { "Set against itself" }
            p {
                (count(blocks, "block")) " were measured. In a block both programs run in turn, and one of them runs a second time, as its own control."
                @if all > 0 {
                    " Of " (count(all, "such control")) ", " (different) " came out different from the program itself; chance alone makes one in twenty."
                }
            }
        }
    }
}

/// How many controls differ from their own programs by more than their interval, and how many there are.
fn controls(measurements: &[&Measurement]) -> (usize, usize) {
    let controls = measurements.iter().filter_map(|one| {
        let (_, shown) = result_figures::any_control(one)?;
        shown.interval
    });
    let (mut different, mut all) = (0, 0);
    for (low, high) in controls {
        all += 1;
        different += usize::from(low > 1.0 || high < 1.0);
    }
    (different, all)
}

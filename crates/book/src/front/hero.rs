//! What stands first: title, promise, an excerpt of a pair with what both programs print, three doors.

use maud::{Markup, html};

use super::{Cover, counted, reliability, tested};
use crate::{
    chapter::Chapter,
    learn,
    page::TITLE,
    provenance,
    verdicts::{LEDGER, by_source},
};

/// The most lines of a script that the excerpt shows with their outputs.
const MOST_LINES: usize = 8;

/// The three doors: a page, its name, who goes through it.
const DOORS: [(&str, &str, &str); 3] = [
    (
        learn::PAGE,
        "Learn",
        "You write one of the two. Read the code side by side, item by item, in an evening.",
    ),
    (
        "choose.html",
        "Choose",
        "You must pick a language this week. Find your load on the map in 60 seconds.",
    ),
    (
        LEDGER,
        "Check",
        "You doubt a figure. See its bound, its interval and its control, and measure it again.",
    ),
];

/// The part of the page.
pub fn html(cover: &Cover) -> Markup {
    html! {
        section.hero {
            h1 { (TITLE) }
            div.lead {
                p.promise { (promise(cover)) }
                (meta(cover))
            }
            (excerpt(cover))
            nav.doors aria-label="Where to begin" {
                @for (page, name, says) in DOORS {
                    a.door href=(page) { b { (name) " " span aria-hidden="true" { "→" } } span { (says) } }
                }
            }
        }
    }
}

/// What the book is, in a sentence.
pub fn promise(cover: &Cover) -> String {
    let pairs = counted(cover.project.topics.len(), "pair");
    format!(
        "{pairs} of small programs in Go and Rust that print the same bytes: read how each language manages memory, and \
         see what it costs, measured."
    )
}

/// Whose claims are tested, and which machine measured when.
fn meta(cover: &Cover) -> Markup {
    let verdicts = cover.verdicts;
    let (article, others) = by_source(&verdicts.claims);
    let source = match cover.claims.article.as_str() {
        "" => "one article",
        article => article,
    };
    let processors = provenance::processors(&verdicts.files);
    let revised = reliability::count_revised(&verdicts.claims);
    html! {
        dl.meta {
            @if !article.is_empty() {
                dt { "Claims" }
                dd {
                    (article.len()) " of " (source)
                    @if !others.is_empty() { "; " (others.len()) " of other sources" }
                }
            }
            dt { "Figures" }
            dd {
                @if verdicts.files.is_empty() {
                    "none yet: " code { "cargo lab measure" } " measures on your machine"
                } @else {
                    @if verdicts.is_reference { "our reference machine" @if processors.len() > 1 { "s" } ": " }
                    (processors.join("; ")) ", " (provenance::days(&verdicts.files))
                    "; bounds were fixed before measuring"
                    @if revised > 0 { ", " (revised) " were revised later" }
                }
            }
        }
    }
}

/// The chapter that the excerpt is of: that of a topic that names its items, else the first one.
pub fn chosen<'a>(cover: &Cover<'a>) -> Option<&'a Chapter> {
    let named = |chapter: &&Chapter| !chapter.topic.excerpt.is_empty();
    let chapters = cover.chapters;
    chapters.iter().find(named).or(chapters.first())
}

fn excerpt(cover: &Cover) -> Markup {
    let Some(chapter) = chosen(cover) else {
        return html! {};
    };
    let Some((_, pair)) = chapter.rooms.first() else {
        return html! {};
    };
    let items = &chapter.topic.excerpt;
    for name in items.iter().filter(|name| pair.find(name).is_none()) {
        let why = format!(
            "the excerpt of {} names {name:?}, which is gone",
            chapter.topic.name
        );
        cover.warnings.wrong("index.html", &why);
    }
    let rows = pair.excerpt(items);
    html! {
        @if !rows.is_empty() {
            div.excerpt {
                (pair.excerpt_html(&rows, &chapter.path()))
                (proof(cover, chapter))
            }
        }
    }
}

/// What both programs print for a script, and how the pairs were tested.
fn proof(cover: &Cover, chapter: &Chapter) -> Markup {
    let lines = printed(chapter);
    let tested = tested::found(cover);
    html! {
        @if !lines.is_empty() || !tested.is_empty() {
            div.proof {
                @if !lines.is_empty() {
                    span { "Both print" }
                    span.io {
                        @for (place, (line, output)) in lines.iter().enumerate() {
                            @if place > 0 { " · " }
                            code { (line) }
                            @if !output.is_empty() { " → " b { (output) } }
                        }
                    }
                }
                @if !tested.is_empty() {
                    span.tested {
                        @for (what, how) in &tested { span title=(how) { (what) } }
                    }
                }
            }
        }
    }
}

/// The lines of a short script, each with what both programs print for it; nothing where no script is short.
fn printed(chapter: &Chapter) -> Vec<(String, String)> {
    let Some(output) = &chapter.output else {
        return Vec::new();
    };
    let scenes = output.scenes.iter().filter(|scene| !scene.is_contrast);
    let scenes = scenes.filter_map(|scene| {
        let lines = scene.printed()?.into_iter();
        let lines = lines.map(|(line, output)| (line.to_owned(), output.join(", ")));
        Some(lines.collect::<Vec<_>>())
    });
    let scripts = output.scripts.iter().map(|script| {
        let is_line = |(line, _): &&(String, Vec<String>)| !line.starts_with('#');
        let lines = script.steps.iter().filter(is_line);
        let lines = lines.map(|(line, output)| (line.clone(), output.join(", ")));
        lines.collect::<Vec<_>>()
    });
    let is_short = |lines: &Vec<(String, String)>| {
        lines.len() <= MOST_LINES && lines.iter().any(|(_, output)| !output.is_empty())
    };
    scenes.chain(scripts).find(is_short).unwrap_or_default()
}

//! The ledger: a row for each claim, and links that filter the rows. The filter stands in the address; without
//! scripts one filter at a time works.

use std::fmt::Write as _;

use lab_judge::{
    judgement::GUARD,
    ledger,
    verdict::{WORDS, meaning},
};
use lab_results::layout::count;
use maud::{Markup, PreEscaped, html};

use crate::{
    claim, claim_picture, provenance,
    verdicts::{CONCLUSION, Judged, Verdicts, by_source, counts, mark, name, sentence},
};

/// The page's content.
pub fn html(verdicts: &Verdicts) -> Markup {
    let claims = &verdicts.claims;
    let (article, others) = by_source(claims);
    let filters = filters(claims);
    html! {
        (style(&filters))
        h1 { "Check a claim" }
        div.prose {
            p {
                (count(article.len(), "claim")) " of one article about memory in Go and Rust, and "
                (others.len()) " of other sources. Each got its bound before the figures that decide were measured; guards and rules that changed since are marked."
            }
        }
        (links(&filters))
        (meanings())
        p.counted.needs-js role="status" {}
        table.ledger role="table" {
            colgroup { @for (class, _) in COLUMNS { col class=(class) {} } }
            thead role="rowgroup" {
                tr role="row" { @for (_, title) in COLUMNS { th scope="col" role="columnheader" { (title) } } }
            }
            @for (title, claims) in [("The article", article), (ledger::OTHERS, others)] {
                @if !claims.is_empty() { (group(title, claims)) }
            }
        }
        p.empty hidden { "No claim is left. " a href="#all" { "Show all" } "." }
        p.hint { (claim_picture::LEGEND) }
        (provenance::origin(verdicts))
    }
}

/// The columns: their class and their title.
const COLUMNS: [(&str, &str); 5] = [
    ("id", "id"),
    ("says", "claim"),
    ("judged", "verdict"),
    ("finding", "what we found"),
    (
        "picture",
        "figure with its 95 % interval; grey: where the claim would hold",
    ),
];

/// A row of links, each of which shows the claims with one value.
struct Filter {
    /// Its name in the address, and in the data of a claim's row.
    key: &'static str,
    /// Its name for a reader.
    title: &'static str,
    /// Its values.
    values: Vec<Value>,
}

/// A value of a filter.
struct Value {
    /// As it stands in the address.
    word: String,
    /// As the reader sees it.
    label: Markup,
    /// How many claims have it.
    count: usize,
}

fn filters(claims: &[Judged]) -> Vec<Filter> {
    let verdicts = counts(claims).into_iter();
    let verdicts = verdicts.map(|(word, count)| Value {
        word: word.to_owned(),
        label: mark(word),
        count,
    });
    let plain = |(value, count): (&str, usize)| Value {
        word: value.to_owned(),
        label: html! { (value) },
        count,
    };
    let topics = counted(claims.iter().map(|claim| claim.topic.as_str()));
    let topics = topics.into_iter().map(|(topic, count)| {
        // What belongs to no pair is about all of them.
        let is_of_all = |claim: &Judged| claim.topic == topic && claim.page == CONCLUSION;
        let label = if claims.iter().any(is_of_all) {
            "overall"
        } else {
            topic
        };
        Value {
            label: html! { (label) },
            ..plain((topic, count))
        }
    });
    let mut sides = counted(claims.iter().map(ahead));
    sides.sort_unstable();
    vec![
        Filter {
            key: "verdict",
            title: "Verdict",
            values: verdicts.collect(),
        },
        Filter {
            key: "topic",
            title: "Topic",
            values: topics.collect(),
        },
        Filter {
            key: "ahead",
            title: "Ahead",
            values: sides.into_iter().map(plain).collect(),
        },
    ]
}

/// Each value once, in the order in which they come, and how often it comes.
fn counted<'a>(values: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for value in values {
        match counted.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counted.push((value, 1)),
        }
    }
    counted
}

/// The language that is ahead in the measured figure.
fn ahead(claim: &Judged) -> &'static str {
    claim.ahead.map_or("neither", name)
}

/// Without scripts the address shows the rows of one filter: a rule for each value.
fn style(filters: &[Filter]) -> Markup {
    let mut rules = String::new();
    for Filter { key, values, .. } in filters {
        for Value { word, .. } in values {
            // Nothing is escaped in a style.
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if word.chars().all(is_word) {
                let _ = write!(
                    rules,
                    "html:not(.js) body:has([id=\"{key}={word}\"]:target) \
                     tr[data-{key}]:not([data-{key}=\"{word}\"]){{display:none}}"
                );
            }
        }
    }
    html! { style { (PreEscaped(rules)) } }
}

/// The filters, and the orders of the rows.
fn links(filters: &[Filter]) -> Markup {
    html! {
        nav.filters aria-label="Filters" {
            @for (place, filter) in filters.iter().enumerate() {
                @let is_last = place + 1 == filters.len();
                div {
                    span { (filter.title) }
                    a href="#all" id=[(place == 0).then_some("all")] data-key=(filter.key) data-value="" { "all" }
                    @for Value { word, label, count } in &filter.values {
                        @let address = format!("{}={word}", filter.key);
                        a id=(address) href={ "#" (address) } data-key=(filter.key) data-value=(word) { (label) " " small { (count) } }
                    }
                    @if is_last { (order()) }
                }
            }
        }
    }
}

/// The orders of the rows, which only scripts can change.
fn order() -> Markup {
    html! {
        span.order.needs-js { "Order" }
        a.needs-js href="#all" data-key="order" data-value="" { "the article's" }
        a.needs-js id="order=verdict" href="#order=verdict" data-key="order" data-value="verdict" { "by verdict" }
    }
}

fn meanings() -> Markup {
    html! {
        details.meanings {
            summary { "What the verdicts mean" }
            dl {
                @for word in WORDS { div { dt { (mark(word)) } dd data-verdict=(word) { (meaning(word)) } } }
            }
        }
    }
}

/// The claims of a source, below how many came out which way.
fn group(title: &str, claims: &[Judged]) -> Markup {
    let judgements = claims.iter().map(|claim| &claim.judgement);
    html! {
        tbody role="rowgroup" {
            tr.group role="row" {
                th scope="rowgroup" role="rowheader" colspan=(COLUMNS.len()) { (title) ". " (ledger::counts(judgements)) }
            }
            @for claim in claims { (row(claim)) }
        }
    }
}

/// The figure that the source gives, unless the finding says it.
fn figure_said(claim: &Judged) -> Option<&str> {
    let figure = claim.said.as_deref()?;
    (!claim.finding.ends_with(figure)).then_some(figure)
}

fn row(claim: &Judged) -> Markup {
    html! {
        tr id=(claim.id) role="row" data-verdict=(claim.verdict.word()) data-topic=(claim.topic) data-ahead=(ahead(claim)) {
            th.id scope="row" role="rowheader" { a href=(claim.place()) title="The claim in full" { (claim.id) } }
            td.says role="cell" {
                (sentence(&claim.says))
                @if let Some(source) = &claim.source { small { (source) } }
            }
            td.judged role="cell" { (mark(claim.verdict.word())) }
            td.finding role="cell" {
                (claim::finding(claim))
                @if let Some(figure) = figure_said(claim) { small { "said: " (figure) } }
                @if let Some(revision) = claim.revised.last() { small { "rule revised " (revision.on.day()) } }
                @if claim.guard { small { (GUARD[0]) } }
            }
            td.picture role="cell" { (claim_picture::html(claim)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_counted_where_it_first_stands() {
        let values = ["server", "cycles", "server"];
        assert_eq!(counted(values.into_iter()), [("server", 2), ("cycles", 1)]);
    }

    #[test]
    fn a_rule_of_the_style_cannot_be_left() {
        let filter = |value: &str| Filter {
            key: "topic",
            title: "Topic",
            values: vec![Value {
                word: value.to_owned(),
                label: html! {},
                count: 1,
            }],
        };
        let rules = |value| style(&[filter(value)]).into_string();
        assert!(rules("cycles").contains("[id=\"topic=cycles\"]:target"));
        assert_eq!(rules("</style><script>"), "<style></style>");
    }
}

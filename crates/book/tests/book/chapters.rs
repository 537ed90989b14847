//! What a chapter shows below its pair.

use std::fs;

use anyhow::Result;
use lab_judge::{claims::Claims, figures::Results, judge};
use lab_results::evidence::{Answer, Evidence, Question};
use lab_workspace::project::Project;

use super::{BOOK, root};

/// The pages of the book itself, without those of sources.
fn pages() -> Vec<(String, String)> {
    let entries = fs::read_dir(&*BOOK).unwrap().map(Result::unwrap);
    let pages = entries.filter(|entry| entry.path().extension().is_some_and(|end| end == "html"));
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, fs::read_to_string(entry.path()).unwrap())
    };
    pages.map(read).collect()
}

#[test]
fn a_mistake_has_the_line_numbers_that_its_answer_names() {
    let mut count = 0;
    for (name, shown) in pages() {
        for mistake in shown.split("<details class=\"mistake\">").skip(1) {
            let (_, code) = mistake.split_once("counter-reset:n ").unwrap();
            let (skipped, code) = code.split_once('"').unwrap();
            let (code, answer) = code.split_once("<pre class=\"output\"").unwrap();
            let answer = answer.split("</pre>").next().unwrap();
            let lines: Vec<&str> = code.split("<span class=\"l").skip(1).collect();
            let Some(marked) = lines.iter().position(|line| line.starts_with(" bad")) else {
                continue;
            };
            let number = marked + 1 + skipped.parse::<usize>().unwrap();
            // A tool that names a line names the marked one.
            if [".rs:", ".go:"].iter().any(|end| answer.contains(end)) {
                count += 1;
                let is_named = [".rs", ".go"]
                    .iter()
                    .any(|end| answer.contains(&format!("{end}:{number}")));
                assert!(
                    is_named,
                    "{name}: line {number} is marked, the answer is {answer}"
                );
            }
        }
    }
    assert!(count >= 10, "{count} answers name a line");
}

fn chapter(topic: &str) -> String {
    fs::read_to_string(BOOK.join(format!("{topic}.html"))).unwrap()
}

/// What stands below a heading.
fn part<'a>(shown: &'a str, id: &str) -> &'a str {
    let (_, rest) = shown.split_once(&format!("<h2 id=\"{id}\"")).unwrap();
    rest.split("<h2").next().unwrap()
}

#[test]
fn every_fact_leads_to_its_test() {
    for (name, shown) in pages() {
        if !shown.contains("<h2 id=\"differs\"") {
            continue;
        }
        for fact in part(&shown, "differs").split("<th scope=\"row\">").skip(1) {
            let fact = fact.split("</th>").next().unwrap();
            assert!(
                fact.starts_with("<a href=\"source/tests/tests/pairs/"),
                "{name}: {fact}"
            );
        }
    }
}

#[test]
fn a_script_that_leaves_scopes_open_is_stepped_and_closes_at_its_end() {
    let shown = chapter("destruction");
    let scripts: Vec<&str> = shown.split("<details class=\"script\">").skip(1).collect();
    assert!(!scripts.is_empty());
    for step in shown.split("<code>open ").skip(1) {
        let step = step.split("</li>").next().unwrap();
        assert!(!step.contains("closed"), "opening closes: {step}");
    }
}

#[test]
fn cases_that_no_claim_is_about_are_drawn_too() {
    let measured = chapter("allocator");
    let measured = part(&measured, "measured");
    for seen in [
        "The shortest case of allocator is",
        "arena",
        "heap",
        "pool",
        "<svg",
    ] {
        assert!(measured.contains(seen), "{seen}");
    }
}

/// The card of a claim.
fn card(shown: &str, id: &str) -> String {
    let (_, card) = shown
        .split_once(&format!("id=\"claim-{id}\""))
        .unwrap_or_else(|| panic!("no card of {id}"));
    card.split("</section>").next().unwrap().to_owned()
}

#[test]
fn the_picture_of_a_claim_says_its_figure_and_its_bound() {
    let card = card(&chapter("reclaim"), "r2");
    let (_, says) = card.split_once("role=\"img\" aria-label=\"Go: ").unwrap();
    let says = says.split('"').next().unwrap();
    assert!(
        says.ends_with(". The claim holds if this is above 2."),
        "{says}"
    );
    assert!(card.contains("<p class=\"finding\">Yes: Go stopped the program <b>"));
}

#[test]
fn the_details_of_a_claim_are_closed_and_end_with_what_was_asked() {
    let mut cards = 0;
    for (name, shown) in pages() {
        for card in shown.split("<section class=\"claim\"").skip(1) {
            let card = card.split("</section>").next().unwrap();
            cards += 1;
            assert!(card.contains("<details><summary>"), "{name}: {card}");
            let (_, last) = card.rsplit_once("<dt>").unwrap();
            let asks = ["Formula", "Its formula", "Question"];
            assert!(
                asks.iter().any(|term| last.starts_with(term)),
                "{name}: {last}"
            );
            let (before, _) = card.split_once("<dt>Reproduce").unwrap();
            assert!(!before.contains("<dt>Formula"), "{name}");
        }
    }
    assert_eq!(cards, super::claims()[1]);
}

#[test]
fn a_page_says_once_how_to_read_its_plots() {
    let mut count = 0;
    for (name, shown) in pages() {
        let Some((_, legend)) = shown.split_once("id=\"reading-plots\"") else {
            continue;
        };
        let legend = legend.split("</details>").next().unwrap();
        for sentence in legend.split("<li>").skip(1) {
            let sentence = sentence.split("</li>").next().unwrap();
            count += 1;
            assert_eq!(shown.matches(sentence).count(), 1, "{name}: {sentence}");
        }
    }
    assert!(count > 12, "{count} sentences");
}

#[test]
fn memory_over_time_is_listed_point_by_point() {
    let shown = chapter("footprint");
    let (_, table) = shown.split_once("since the process began</th>").unwrap();
    let table = table.split("</table>").next().unwrap();
    assert!(table.matches("<tr>").count() >= 12, "{table}");
}

#[test]
fn what_a_claim_asks_of_a_program_leads_there() {
    for (topic, place) in [
        ("reclaim", "reclaim.html#differs"),
        (
            "destruction",
            "source/crates/destruction/src/script.rs.html",
        ),
        ("deadline", "source/crates/lab-verify/src/checks.rs.html"),
    ] {
        let shown = chapter(topic);
        let claims = part(&shown, "claims");
        assert!(
            claims.contains(&format!("<dd class=\"test\"><a href=\"{place}\"")),
            "{topic}"
        );
    }
}

#[test]
fn resident_memory_is_told_in_three_readings_of_claims_and_of_cases() {
    let shown = chapter("footprint");
    let readings = |part: &str| {
        let (_, table) = part.split_once("aria-label=\"Resident memory of").unwrap();
        table.split("</table>").next().unwrap().to_owned()
    };
    let claim = part(&shown, "claims").split("id=\"claim-f1\"").nth(1);
    let claim = claim.unwrap().split("</section>").next().unwrap();
    let measured = readings(part(&shown, "measured"));
    for table in [&readings(claim), &measured] {
        for head in ["peak", "end", "given back"] {
            assert!(
                table.contains(&format!("<th scope=\"col\">{head}</th>")),
                "{table}"
            );
        }
    }
    let row = measured.split("footprint/grown").nth(1).unwrap();
    let row = row.split("</tr>").next().unwrap();
    // 100, 80 and 40 MB, and a little more in each block.
    for figure in [">Go</td>", "97.8 MiB", "78.2 MiB", "39.1 MiB"] {
        assert!(row.contains(figure), "{row}");
    }
    // What is not about memory has none.
    let pauses = chapter("reclaim");
    let claim = part(&pauses, "claims")
        .split("id=\"claim-r1\"")
        .nth(1)
        .unwrap();
    assert!(
        !claim
            .split("</section>")
            .next()
            .unwrap()
            .contains("Resident memory of")
    );
}

/// Evidence that never answers: the test wants only the text of each question.
struct Nobody;

impl Evidence for Nobody {
    fn answer(&self, _: &Question) -> Result<Answer> {
        Ok((None, String::new()))
    }
}

#[test]
fn how_a_claim_is_tested_is_told_as_the_lab_tells_it() {
    let project = Project::at(&root()).unwrap();
    let claims = Claims::read(&project).unwrap();
    for id in ["R3", "D2", "L3"] {
        let claim = claims.get(id).unwrap();
        let shown = chapter(&claim.topic);
        let claim_shown = shown
            .split(&format!("id=\"claim-{}\"", id.to_lowercase()))
            .nth(1);
        let claim_shown = claim_shown.unwrap().split("</section>").next().unwrap();
        let judgement = judge::judge(claim, &Results::default(), &Nobody).unwrap();
        for tested in &judgement.tests {
            let question = maud::html! { (tested.question_text()) }.into_string();
            assert!(claim_shown.contains(&question), "{id}: {question}");
        }
    }
}

#[test]
fn a_mistake_shows_the_lines_of_its_fix() {
    let (mut mistakes, mut fixed) = (0, 0);
    for (name, shown) in pages() {
        for mistake in shown.split("<details class=\"mistake\">").skip(1) {
            let mistake = mistake.split("</details>").next().unwrap();
            mistakes += 1;
            let Some((_, fix)) = mistake.split_once("<p class=\"label fix\">Fix: ") else {
                panic!("{name}: no fix: {mistake}");
            };
            assert!(!fix.contains("&lt;- here"), "{name}: {fix}");
            let changes = |tag: &str| fix.matches(&format!("<{tag} class=l>")).count();
            assert!(changes("ins") + changes("del") > 0, "{name}: {fix}");
            fixed += usize::from(changes("ins") > 0);
        }
    }
    // A fix may also leave lines out.
    assert!(
        mistakes > 0 && fixed * 10 > mistakes * 9,
        "{fixed} of {mistakes}"
    );
}

//! README, LEDGER.md and BIAS.md are up to date, and a topic's README has no unchecked figure.

use std::fs;

use lab::generated_pages;
use lab_judge::claims::Claims;
use tests::project;

#[test]
fn the_ledger_and_the_findings_are_those_of_the_reference() {
    for page in generated_pages::pages(project()).unwrap_or_else(|e| panic!("{e:#}")) {
        let lines = page.expected.lines().zip(page.shown.lines());
        let parted = lines.clone().find(|(expected, shown)| expected != shown);
        let [expected, shown] = parted.map_or(["", ""], |(expected, shown)| [expected, shown]);
        assert!(
            page.expected == page.shown,
            "{path} and crates/lab-judge/reference part; \"cargo lab judge --readme\" mends it.\n\
             {path}: {shown}\nreference: {expected}",
            path = page.path,
        );
    }
}

/// What a visitor sees first is short.
#[test]
fn readme_has_five_findings_and_leaves_the_claims_to_the_ledger() {
    let [_, page, _] = generated_pages::pages(project()).unwrap_or_else(|e| panic!("{e:#}"));
    let (_, findings) = page.shown.split_once("<!-- findings:").expect("findings");
    let (findings, _) = findings
        .split_once("<!-- end of findings -->")
        .expect("an end");
    let numbered = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit());
    assert_eq!(findings.lines().filter(numbered).count(), 5, "{findings}");
    assert!(findings.contains(generated_pages::LEDGER), "{findings}");
}

/// Measured figures belong to claims: prose may only repeat a claim's figure.
#[test]
fn the_prose_of_a_topic_names_a_time_or_a_ratio_only_as_a_claim_does() {
    let claims = Claims::read(project()).expect("claims.toml can be read");
    let mut wrong = Vec::new();
    for topic in &project().topics {
        let path = format!("crates/{}/README.md", topic.name);
        let text = fs::read_to_string(project().root.join(&path)).expect("a README");
        let said = claims
            .claim
            .iter()
            .filter(|claim| claim.topic == topic.name);
        let said: Vec<&str> = said.map(|claim| claim.says.as_str()).collect();
        for (line, figure) in figures(&text) {
            if !said.iter().any(|says| says.contains(&figure)) {
                wrong.push(format!(
                    "{path}:{line}: no claim of the topic says {figure:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_figure_is_a_number_before_a_unit_of_time_or_a_word_that_compares() {
    let text = "It takes 16.7 ms, 20 % more, 1.78× as long.\n```\n5 ms\n```\nIn `5 ms` a third more, 3 items,\n\
                1 MiB, twice as fast; half of them.";
    let found = figures(text);
    let figures: Vec<&str> = found.iter().map(|(_, figure)| figure.as_str()).collect();
    assert_eq!(
        figures,
        ["16.7 ms", "20 %", "1.78×", "third more", "twice as"]
    );
    let lines: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 1, 1, 5, 6]);
}

/// The times, shares and ratios in a README's prose, each with its line; code is no prose.
fn figures(text: &str) -> Vec<(usize, String)> {
    const UNITS: [&str; 9] = [
        "ns", "µs", "us", "ms", "s", "seconds", "%", "percent", "times",
    ];
    let compares = |word: &str| matches!(word, "more" | "less" | "as" | "faster" | "slower");
    let (mut words, mut fenced) = (Vec::new(), false);
    for (line, text) in (1..).zip(text.lines()) {
        if text.starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let prose: Vec<&str> = text.split('`').step_by(2).collect();
            words.extend(
                prose
                    .join(" ` ")
                    .split_whitespace()
                    .map(|word| (line, bare(word).to_owned())),
            );
        }
    }
    let mut found = Vec::new();
    for (place, (line, word)) in words.iter().enumerate() {
        let next = words.get(place + 1).map_or("", |(_, word)| word);
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        let is_share = matches!(word.as_str(), "twice" | "half" | "third" | "quarter");
        if is_number && word.ends_with(['×', '%', 'x']) {
            found.push((*line, word.clone()));
        } else if is_number && UNITS.contains(&next) || is_share && compares(next) {
            found.push((*line, format!("{word} {next}")));
        }
    }
    found
}

/// A word without punctuation around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| matches!(c, ',' | '.' | ';' | ':' | '(' | ')' | '*' | '?' | '"'))
}

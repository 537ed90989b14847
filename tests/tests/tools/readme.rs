//! README and LEDGER.md show what is so.

use lab::readme;
use tests::project;

#[test]
fn the_ledger_and_the_findings_are_those_of_the_reference() {
    for page in readme::pages(project()).unwrap_or_else(|e| panic!("{e:#}")) {
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
    let [_, page] = readme::pages(project()).unwrap_or_else(|e| panic!("{e:#}"));
    let (_, findings) = page.shown.split_once("<!-- findings:").expect("findings");
    let (findings, _) = findings
        .split_once("<!-- end of findings -->")
        .expect("an end");
    let numbered = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit());
    assert_eq!(findings.lines().filter(numbered).count(), 5, "{findings}");
    assert!(findings.contains(readme::LEDGER), "{findings}");
}

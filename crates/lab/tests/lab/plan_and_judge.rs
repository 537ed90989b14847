//! Output of `lab plan` and `lab judge`. Shell scripts replace the programs, Go and cargo.

use std::fs;

use crate::stage::{CASES, Stage};

/// A stage on which there is one claim, about one of the cases.
fn with_a_claim() -> Stage {
    let stage = Stage::new("");
    let claims = r#"
        [[claim]]
        id = "X1"
        topic = "x"
        says = "It grows."
        test = [{ value = "go{x/one@7 go=gogc400}.wall_ns / go{x/one}.wall_ns" }]
    "#;
    fs::create_dir_all(stage.folder().join("crates/lab-judge")).unwrap();
    fs::write(stage.folder().join("crates/lab-judge/claims.toml"), claims).unwrap();
    stage
}

#[test]
fn the_catalogue_has_every_case_with_its_sizes_and_both_commands() {
    let stage = with_a_claim();
    let ended = stage.lab(&["plan", "--all"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    for case in CASES {
        let (_, name) = case.split_once('/').unwrap();
        let entry = ended
            .stdout
            .split(&format!("{case} (ns): A case.\n"))
            .nth(1);
        let mut lines = entry.unwrap_or_else(|| panic!("{}", ended.stdout)).lines();
        assert_eq!(lines.next(), Some("  at 1000"));
        for program in ["target/go-timed/x", "target/lab/system/x"] {
            let command = format!("    {program} measure {name} --scale 1000 --samples ");
            let line = lines.next().unwrap();
            assert!(line.starts_with(&command), "{line}");
        }
    }
    assert!(ended.stdout.contains("  claims name: @7 go=gogc400\nx/two"));
    assert!(ended.stdout.contains("cargo lab measure --only programs"));
    assert!(ended.stdout.contains("\n2 cases; "), "{}", ended.stdout);
    assert_eq!(stage.lab(&["plan", "--all", "--only", "x"]).code, 2);
}

#[test]
fn the_benchmark_format_has_all_cases_or_those_of_the_named_claims() {
    let stage = with_a_claim();
    let measured = stage.lab(&["measure", "--only", "x", "--blocks", "6"]);
    assert_eq!(measured.code, 0, "{}", measured.stderr);
    let results = stage.results();
    // A line for each language of each block that the host did not spoil.
    let lines = |case: &str| {
        let mut all = results.iter().flat_map(|result| &result.measurements);
        let measurement = all.find(|one| one.key.case == case).expect(case);
        assert!(!measurement.blocks.is_empty(), "{case}");
        vec![format!("x/{case}"); 2 * measurement.blocks.len()]
    };
    let cases = |words: &[&str]| -> Vec<String> {
        let ended = stage.lab(&[&["judge", "--bench"], words].concat());
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        let lines = ended.stdout.lines();
        let names = lines.filter_map(|line| line.strip_prefix("Benchmark/"));
        let names = names.map(|name| name.split("/scale").next().unwrap().to_owned());
        names.collect()
    };
    assert_eq!(cases(&[]), [lines("one"), lines("two")].concat());
    assert_eq!(cases(&["X1"]), lines("one"));
}

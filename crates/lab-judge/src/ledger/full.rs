//! One claim in full.

use std::{collections::BTreeMap, fmt::Write as _};

use anyhow::Result;

use lab_results::{layout::hang, query::Wanted, settings::DEFAULT};

use crate::{
    claims::{Claim, Test},
    figures::{Figure, Results},
    formula::Formula,
    judge::{self, Found, Judgement},
    ledger::{bound, caveats, experimented, memory, said, source},
    rule::{Finding, Verdict},
};

/// One claim in full: bound, tests, figures by setting, control, caveats, and what the other side would
/// answer.
pub fn full(judgement: &Judgement, results: &Results, width: usize) -> Result<String> {
    let claim = judgement.claim;
    let mut text = String::new();
    let mut line = |label: &str, said: &str| {
        let _ = writeln!(text, "{}", hang(&format!("{label:<12}"), said, width));
    };
    line(&claim.id, &claim.says);
    line("said by", source(claim));
    line("figure", claim.figure.as_deref().unwrap_or("none"));
    line("verdict", &judgement.verdict.to_string());
    for (number, test) in claim.test.iter().enumerate() {
        line(&format!("test {}", number + 1), &asked(test));
    }
    for found in &judgement.found {
        line("found", &told(found));
    }
    for shown in &judgement.shown {
        line("beside", &told(shown));
    }
    for setting in settings(claim, results)? {
        line("setting", &setting);
    }
    if let Some(control) = control(claim, results)? {
        line("control", &control);
    }
    if let Some(answer) = &claim.answer {
        line("but", answer);
    }
    if let (Some(found), Some(test)) = (&judgement.answer, &claim.answered_by) {
        line("asked", &asked(test));
        line("found", &told(found));
    }
    if let Some(there) = there(judgement)? {
        line("", &there);
    }
    for experiment in &judgement.causes {
        line("cause", &experiment.cause.says);
        line(
            "",
            &format!("{}: {}", experiment.explained, experimented(experiment)),
        );
    }
    if judgement.causes.is_empty() && claim.figure.is_some() {
        line("cause", "unexplained: no experiment takes one away");
    }
    for caveat in caveats(claim, results.0) {
        line("mind", &caveat);
    }
    if claim.wanted().is_ok_and(|wanted| !wanted.is_empty()) {
        let decides = matches!(judgement.verdict, Verdict::Undecided(_));
        let label = if decides { "to decide" } else { "again" };
        line(
            label,
            &format!(
                "cargo lab measure --thorough --only {id}, then cargo lab judge {id}",
                id = claim.id
            ),
        );
    }
    text += &memory::table(&memory::readings(claim, results)?, width);
    Ok(text)
}

/// What a test asks, with its bound.
fn asked(test: &Test) -> String {
    let state = test
        .state
        .as_ref()
        .map_or(String::new(), |state| format!("{state}: "));
    let unit = test.unit.as_deref().unwrap_or_default();
    format!(
        "{state}{}",
        question(test, &bound([test.least, test.most], unit))
    )
}

/// The sentence that tells how a claim is tested; a bound that is told beside it may be left out.
pub fn question(test: &Test, bound: &str) -> String {
    let what = if let Some(value) = &test.value {
        format!("{value}{bound}")
    } else if let Some(ratios) = &test.headline {
        format!(
            "the geometric mean of {} ratios{bound}, also without any one: {}",
            ratios.len(),
            ratios.join(", ")
        )
    } else if test.lowest {
        format!("the lowest ratio of the headline, in CPU time{bound}")
    } else if let Some(fact) = &test.fact {
        format!("the fact \"{}\" of {}", fact.name, fact.topic)
    } else if let Some(replay) = &test.replay {
        format!(
            "{}'s {} replays: {}",
            replay.side,
            replay.topic,
            replay.script.replace('\n', ", ")
        )
    } else if let Some(mistake) = &test.mistake {
        format!("what the tools answer to {mistake}")
    } else {
        format!("the check {}", test.check.as_deref().unwrap_or_default())
    };
    let refutes = if test.refutes {
        " (speaks against the claim)"
    } else {
        ""
    };
    format!("{what}{refutes}")
}

/// One test's finding in words, or what is missing.
fn told(found: &Found) -> String {
    match (&found.figure, said(found)) {
        (Some(Figure::Missing(what)), None) => what.clone(),
        (_, said) => said.unwrap_or_else(|| "not measured".to_owned()),
    }
}

/// The figures of a claim's tests under each other setting that was measured of its cases.
fn settings(claim: &Claim, results: &Results) -> Result<Vec<String>> {
    let mut by_setting: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for test in claim.test.iter().filter(|test| test.value.is_some()) {
        for (clock, formulas) in judge::formulas(claim, test)? {
            for (setting, formula) in results.under_other_settings(&formulas[0]) {
                let figure = results.figure(&formula, judge::is_ratio(test));
                let found = by_setting.entry(setting).or_default();
                found.extend(named(test, clock, figure));
            }
        }
    }
    by_setting.retain(|_, found| !found.is_empty());
    let line = |(setting, found): (String, Vec<String>)| format!("{setting}: {}", found.join("; "));
    Ok(by_setting.into_iter().map(line).collect())
}

/// The figures of a claim's tests with a side's second run in the place of its first, over themselves.
fn control(claim: &Claim, results: &Results) -> Result<Option<String>> {
    let mut found = Vec::new();
    for test in &claim.test {
        for (clock, formulas) in judge::formulas(claim, test)? {
            let formula = match &formulas[..] {
                [formula] if test.headline.is_none() => formula.clone(),
                ratios => Formula::Mean(ratios.to_vec()),
            };
            let test = Test {
                unit: Some("ratio".to_owned()),
                ..test.clone()
            };
            found.extend(named(&test, clock, results.control(&formula)));
        }
    }
    let found = found.join("; ");
    Ok((!found.is_empty()).then(|| format!("a side over itself: {found}")))
}

/// A figure of a test behind the names of its state and clock; nothing if it was not measured.
fn named(test: &Test, clock: Option<&'static str>, figure: Figure) -> Option<String> {
    said(&Found {
        test: 0,
        state: test.state.clone().unwrap_or_default(),
        clock,
        unit: test.unit.clone().unwrap_or_default(),
        bound: [test.least, test.most],
        finding: judge::bound(test, &figure),
        figure: Some(figure),
        seen: None,
    })
}

/// What would become of a claim under the setting in which its answer asks for the same figure, where it is
/// decided with nothing set.
fn there(judgement: &Judgement) -> Result<Option<String>> {
    let claim = judgement.claim;
    let (Verdict::Holds | Verdict::Fails, Some(asked), Some(found)) =
        (&judgement.verdict, &claim.answered_by, &judgement.answer)
    else {
        return Ok(None);
    };
    let (Some(text), Some(figure @ (Figure::Known(_) | Figure::Rough { .. }))) =
        (&asked.value, &found.figure)
    else {
        return Ok(None);
    };
    // Of another size it is not the same figure.
    if asked.state.clone().unwrap_or_default() != found.state {
        return Ok(None);
    }
    let formula = Formula::parse(text)?;
    let setting = formula.setting();
    let as_it_comes = formula.over(&|wanted| Wanted {
        go: DEFAULT.to_owned(),
        rust: DEFAULT.to_owned(),
        ..wanted.clone()
    });
    for test in &claim.test {
        let alone = claim.test.len() == 1;
        for (clock, formulas) in judge::formulas(claim, test)? {
            if setting.is_empty() || formulas != [as_it_comes.clone()] {
                continue;
            }
            let by = clock.map_or(String::new(), |clock| format!(" by {clock} time"));
            let (what, bounds) = match &test.state {
                Some(state) if !alone => (state.as_str(), ["keep its bound", "break its bound"]),
                _ => ("it", ["hold", "fail"]),
            };
            let would = match judge::bound(test, figure) {
                Finding::Kept => bounds[0],
                Finding::Broken => bounds[1],
                Finding::Open(_) => "be undecided",
            };
            return Ok(Some(format!("with {setting}, {what} would {would}{by}")));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{judge, tests::Talker};
    use lab_results::{layout::WIDTH, result::ResultFile, synthetic::result};

    fn told(claim: &str, file: ResultFile) -> String {
        let claim: Claim = toml::from_str(claim).unwrap();
        let files = [file];
        let results = Results(&files);
        let text = full(&judge(&claim, &results, &Talker).unwrap(), &results, WIDTH).unwrap();
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        text
    }

    #[test]
    fn a_claim_in_full_has_its_figure_by_setting_and_what_the_machine_alone_makes_of_it() {
        let claim = r#"
            id = "X"
            topic = "list"
            says = "Go takes longer."
            test = [{ value = "go{list/case}.TIME_ns / rust{list/case}.TIME_ns", least = 1, unit = "ratio" }]
            answer = "Not with a larger heap."
            answered_by = { value = "go{list/case go=gogc400}.wall_ns / rust{list/case go=gogc400}.wall_ns", unit = "ratio" }
        "#;
        let mut file = result(&[("list", 3.0, 6), ("list", 0.5, 6), ("tree", 9.0, 6)]);
        file.measurements[1].subject.go = "gogc400".to_owned();
        file.measurements[2].subject.go = "gogc50".to_owned();
        for block in &mut file.measurements[0].blocks {
            block.control.samples[0].insert("wall_ns".to_owned(), 2e6.into());
        }
        let text = told(claim, file);
        for line in [
            "setting     go=gogc400: wall 0.50x [0.50x, 0.50x]; cpu 0.50x [0.50x, 0.50x]\n",
            "control     a side over itself: wall 0.50x [0.50x, 0.50x]; cpu 1.00x [1.00x,\n",
            "            with go=gogc400, it would fail by wall time\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert!(!text.contains("gogc50"), "of another case: {text}");
    }

    #[test]
    fn a_claim_of_several_figures_says_which_of_them_another_setting_would_change() {
        let claim = r#"
            id = "X"
            topic = "list"
            says = "Rust takes 1 ms, Go more."
            test = [
                { state = "one", value = "rust{list/case}.wall_ns", most = 1.5e6, unit = "ns" },
                { state = "more", value = "go{list/case}.wall_ns", least = 2e6, unit = "ns" },
            ]
            answered_by = { value = "go{list/case go=gogc400}.wall_ns", unit = "ns" }
        "#;
        let mut file = result(&[("list", 3.0, 6), ("list", 0.5, 6)]);
        file.measurements[1].subject.go = "gogc400".to_owned();
        let text = told(claim, file);
        let line = "            with go=gogc400, more would break its bound\n";
        assert!(text.contains(line), "{text}");
        let undecided = told(claim, result(&[("list", 3.0, 6)]));
        assert!(!undecided.contains("would break"), "{undecided}");
    }

    #[test]
    fn a_claim_about_memory_has_three_readings_of_each_case() {
        let claim = |figure: &str| {
            format!(
                r#"
                    id = "X"
                    topic = "list"
                    says = "Go takes more."
                    test = [{{ value = "go{{list/case}}.{figure}" }}]
                "#
            )
        };
        let mut file = result(&[("list", 1.0, 6)]);
        for block in &mut file.measurements[0].blocks {
            for (name, bytes) in [("peak_bytes", 5 << 20), ("resident_bytes", 3 << 20)] {
                block.go.process.insert(name.to_owned(), bytes.into());
            }
        }
        let text = told(&claim("process.peak_bytes"), file.clone());
        let table = "
resident memory                                    peak         end   given back
list/case 1k                           Go      5.00 MiB    3.00 MiB            -
";
        assert!(text.ends_with(table), "{text}");
        let text = told(&claim("wall_ns"), file);
        assert!(!text.contains("resident memory"), "{text}");
    }

    #[test]
    fn huge_pages_are_a_caveat_of_claims_about_memory_where_they_are_always_on() {
        let text = |touched: &str, pages: &str| {
            let mut file = result(&[]);
            let pages = pages.to_owned();
            let settings = &mut file.machine.settings;
            settings.insert("transparent huge pages".to_owned(), pages);
            told(
                &format!("id = \"X\"\ntopic = \"x\"\nsays = \"x\"\n{touched}"),
                file,
            )
        };
        let touched = "huge_pages = true";
        assert!(text(touched, "[always] madvise never").contains("huge pages"));
        assert!(!text(touched, "always [madvise] never").contains("huge pages"));
        assert!(!text("", "[always] madvise never").contains("huge pages"));
    }
}

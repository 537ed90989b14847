//! The ledger in the formats of other tools.

use std::{fmt::Write as _, slice};

use serde_json::{Value, json};

use super::{caveats, counts, grounds, heading, source, tables};
use lab_results::{layout::WIDTH, result::ResultFile};

use crate::{
    cause::Experiment,
    figures::Figure,
    judge::{Found, Judgement},
    rule::Finding,
};

/// The ledger as Markdown tables that fit an issue or a chat, below machine, date and counts: the article's
/// claims, then the others.
pub fn markdown(judgements: &[Judgement], files: &[ResultFile]) -> String {
    let heads = files
        .iter()
        .map(|file| heading(slice::from_ref(file), WIDTH));
    let heads: Vec<String> = heads.collect();
    let mut text = if files.is_empty() {
        heading(files, WIDTH)
    } else {
        heads.join("\n\n")
    };
    text.push('\n');
    for (others, judgements) in tables(judgements) {
        let dot = if others.is_empty() { "" } else { ". " };
        let _ = writeln!(text, "\n{others}{dot}**{}**\n", counts(judgements));
        text += "| | verdict | claim | source | evidence |\n|---|---|---|---|---|\n";
        for judgement in judgements {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                judgement.claim.id,
                judgement.verdict.word(),
                cell(&judgement.claim.says),
                cell(source(judgement.claim)),
                cell(&grounds(judgement)),
            );
        }
    }
    text
}

/// Text as a cell of a Markdown table; what stands between backticks is shown as it is.
pub fn cell(text: &str) -> String {
    let text = text.replace('|', "\\|");
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(number, part)| match number % 2 {
        0 => part.replace('<', "&lt;"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

/// The ledger as values separated by commas (RFC 4180).
pub fn csv(judgements: &[Judgement]) -> String {
    let mut text = String::from(
        "id,topic,claim,source,said,verdict,why,state,clock,figure,low,high,blocks,unit,seen\n",
    );
    let cell = |text: &str| {
        if text.contains([',', '"', '\n']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    for judgement in judgements {
        let claim = judgement.claim;
        let head = [
            &claim.id,
            &claim.topic,
            &claim.says,
            source(claim),
            claim.figure.as_deref().unwrap_or_default(),
            judgement.verdict.word(),
            judgement.verdict.why(),
        ];
        let head = head.map(cell).join(",");
        if judgement.found.is_empty() {
            let _ = writeln!(text, "{head},,,,,,,,");
        }
        for found in judgement.found.iter().chain(&judgement.shown) {
            let figure = match &found.figure {
                Some(Figure::Known(e)) => format!("{},{},{},{}", e.value, e.low, e.high, e.count),
                Some(Figure::Rough { value, blocks }) => format!("{value},,,{blocks}"),
                _ => ",,,".to_owned(),
            };
            let clock = found.clock.unwrap_or_default();
            let _ = writeln!(
                text,
                "{head},{},{clock},{figure},{},{}",
                cell(&found.state),
                found.unit,
                cell(found.seen.as_deref().unwrap_or_default()),
            );
        }
    }
    text
}

/// The ledger for programs.
pub fn json(judgements: &[Judgement], files: &[ResultFile]) -> Value {
    judgements
        .iter()
        .map(|judgement| {
            let claim = judgement.claim;
            json!({
                "id": claim.id,
                "topic": claim.topic,
                "says": claim.says,
                "source": claim.source,
                "figure": claim.figure,
                "verdict": judgement.verdict.word(),
                "why": judgement.verdict.why(),
                "found": judgement.found.iter().map(found).collect::<Value>(),
                "shown": judgement.shown.iter().map(found).collect::<Value>(),
                "answer": claim.answer,
                "answered_by": judgement.answer.as_ref().map(found),
                "causes": judgement.causes.iter().map(experiment).collect::<Value>(),
                "caveats": caveats(claim, files),
            })
        })
        .collect()
}

fn experiment(experiment: &Experiment) -> Value {
    json!({
        "says": experiment.cause.says,
        "found": experiment.explained.to_string(),
        "effect": figure(&experiment.effect),
        "without": figure(&experiment.without),
        "gone": figure(&experiment.gone),
        "counter": experiment.counter.each_ref().map(figure),
    })
}

fn found(found: &Found) -> Value {
    let [least, most] = found.bound;
    let (finding, why) = match &found.finding {
        // A figure without a bound keeps none.
        _ if found.figure.is_some() && least.or(most).is_none() => (None, None),
        Finding::Kept => (Some("kept"), None),
        Finding::Broken => (Some("broken"), None),
        Finding::Open(why) => (Some("open"), Some(why)),
    };
    json!({
        "state": found.state,
        "clock": found.clock,
        "unit": found.unit,
        "figure": found.figure.as_ref().map(figure),
        "seen": found.seen,
        "least": least,
        "most": most,
        "finding": finding,
        "why": why,
    })
}

fn figure(figure: &Figure) -> Value {
    match figure {
        Figure::Known(e) => json!({
            "value": e.value, "low": e.low, "high": e.high, "blocks": e.count,
        }),
        Figure::Rough { value, blocks } => json!({ "value": value, "blocks": blocks }),
        Figure::Missing(what) => json!({ "missing": what }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        claims::Claims,
        figures::Results,
        judge::{judge, tests::Talker},
    };
    use lab_results::synthetic::result;

    #[test]
    fn code_in_a_cell_stays_as_it_is() {
        let told = cell("`Box<T>` | a < b, `c`");
        assert_eq!(told, "`Box<T>` \\| a &lt; b, `c`");
    }

    /// A claim that figures judge, one that a program judges, one of another source; and a result for them.
    fn small() -> (Claims, ResultFile) {
        let text = r#"
            [[claim]]
            id = "A1"
            topic = "list"
            says = "Go takes \"2 ms\", at most 3."
            figure = "2 ms"
            test = [
                { state = "with a, b", value = "go{list/case}.wall_ns", most = 3e6, unit = "ns" },
                { value = "go{tree/case}.wall_ns", unit = "ns" },
            ]
            answer = "Rust takes less."
            answered_by = { value = "rust{list/case}.wall_ns", unit = "ns" }
            caveats = ["Made up."]
            [[claim.cause]]
            says = "Go itself."
            effect = "2 * go{list/case}.wall_ns / go{list/case}.wall_ns"
            without = "rust{list/case}.wall_ns / rust{list/case}.wall_ns"
            counter = ["go{list/case}.wall_ns", "rust{list/case}.wall_ns"]
            [[claim]]
            id = "B1"
            topic = "list"
            says = "It is so."
            test = [{ fact = { topic = "list", name = "so" } }]
            [[claim]]
            id = "O1"
            topic = "list"
            source = "a | guide"
            says = "a < b"
            join = "shown"
            test = [{ value = "rust{list/case}.wall_ns", unit = "ns" }]
        "#;
        let mut file = result(&[("list", 2.0, 6), ("tree", 4.0, 2)]);
        "A processor".clone_into(&mut file.machine.cpu);
        file.machine.cores = 2;
        (toml::from_str(text).unwrap(), file)
    }

    /// What a format makes of them.
    fn made<T>(format: impl Fn(&[Judgement], &[ResultFile]) -> T) -> T {
        let (claims, file) = small();
        let files = [file];
        let judged = claims.claim.iter();
        let judged = judged.map(|claim| judge(claim, &Results(&files), &Talker).unwrap());
        format(&judged.collect::<Vec<_>>(), &files)
    }

    #[test]
    fn values_separated_by_commas_have_claim_source_figures_and_what_was_seen() {
        let seen = "a word and more ".repeat(12);
        let expected = format!(
            r#"id,topic,claim,source,said,verdict,why,state,clock,figure,low,high,blocks,unit,seen
A1,list,"Go takes ""2 ms"", at most 3.",the article,2 ms,undecided,"only 2 blocks, it takes at least 6","with a, b",,2000000,2000000,2000000,6,ns,
A1,list,"Go takes ""2 ms"", at most 3.",the article,2 ms,undecided,"only 2 blocks, it takes at least 6",,,4000000,,,2,ns,
B1,list,It is so.,the article,,holds,,,,,,,,,{seen}
O1,list,a < b,a | guide,,shown,,,,1000000,1000000,1000000,6,ns,
"#
        );
        assert_eq!(made(|judgements, _| csv(judgements)), expected);
    }

    #[test]
    fn markdown_has_machine_date_and_counts_above_each_table() {
        let seen = "a word and more ".repeat(12);
        let expected = format!(
            "\
quick (nothing set, one size a case): A processor, 2 cores, 1970-01-01

**2 claims: 1 hold, 0 fail, 0 depend, 1 undecided, 0 shown**

| | verdict | claim | source | evidence |
|---|---|---|---|---|
| A1 | undecided | Go takes \"2 ms\", at most 3. | the article | (only 2 blocks, it takes at least 6); \
with a, b 2.00 ms [2.00 ms, 2.00 ms]; about 4.00 ms; said: 2 ms |
| B1 | holds | It is so. | the article | {seen} |

Claims of other sources. **1 claim: 0 hold, 0 fail, 0 depend, 0 undecided, 1 shown**

| | verdict | claim | source | evidence |
|---|---|---|---|---|
| O1 | shown | a &lt; b | a \\| guide | 1.00 ms [1.00 ms, 1.00 ms] |
"
        );
        assert_eq!(made(markdown), expected);
    }

    #[test]
    fn for_programs_there_are_bounds_findings_and_the_counters_of_causes() {
        let all = made(json);
        let known =
            |value: f64| json!({ "value": value, "low": value, "high": value, "blocks": 6 });
        let few = json!({ "value": 4e6, "blocks": 2 });
        let [kept, unbound, answer] = [
            ("with a, b", known(2e6), Some(3e6), Some("kept")),
            ("", few, None, None),
            ("", known(1e6), None, None),
        ]
        .map(|(state, figure, most, finding)| {
            json!({
                "state": state, "clock": null, "unit": "ns", "figure": figure, "seen": null,
                "least": null, "most": most, "finding": finding, "why": null,
            })
        });
        let cause = json!({
            "says": "Go itself.", "found": "confirmed",
            "effect": known(2.0), "without": known(1.0), "gone": known(1.0),
            "counter": [known(2e6), known(1e6)],
        });
        let expected = json!({
            "id": "A1", "topic": "list", "says": "Go takes \"2 ms\", at most 3.", "source": null,
            "figure": "2 ms", "verdict": "undecided", "why": "only 2 blocks, it takes at least 6",
            "found": [kept, unbound], "shown": [],
            "answer": "Rust takes less.", "answered_by": answer,
            "causes": [cause], "caveats": ["Made up."],
        });
        assert_eq!(all[0], expected);
        assert_eq!(all[1]["found"][0]["finding"], "kept");
        assert_eq!(all[2]["source"], "a | guide");
    }
}

//! The ledger and its measurements in the formats of other tools.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{grounds, source, tables};
use crate::{
    judge::{Experiment, Figure, Found, Judgement},
    result::{Measurement, ResultFile, Subject},
    stats,
};

/// The measurements in the Go benchmark format: a line for each block and side.
pub fn bench(files: &[ResultFile]) -> String {
    let mut text = String::new();
    let measurements = files.iter().flat_map(|file| &file.measurements);
    for Measurement {
        subject, blocks, ..
    } in measurements
    {
        let Subject {
            topic,
            case,
            scale,
            go,
            rust,
            cores,
        } = subject;
        for block in blocks {
            for (side, setting, run) in [("go", go, &block.go), ("rust", rust, &block.rust)] {
                let figures = run
                    .samples
                    .iter()
                    .filter_map(|sample| sample.get("wall_ns")?.as_f64());
                let mut figures: Vec<f64> = figures.collect();
                figures.sort_by(f64::total_cmp);
                if !figures.is_empty() {
                    let median = stats::median(&figures);
                    let count = figures.len();
                    let _ = writeln!(
                        text,
                        "Benchmark/{topic}/{case}/scale={scale}/lang={side}/setting={setting}/cores={cores} {count} {median} ns/op"
                    );
                }
            }
        }
    }
    text
}

/// The ledger as Markdown tables that fit an issue or a chat: the article's claims, then the others.
pub fn markdown(judgements: &[Judgement]) -> String {
    let mut text = String::new();
    for (heading, judgements) in tables(judgements) {
        if !heading.is_empty() {
            let gap = if text.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}{heading}:\n");
        }
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
pub(crate) fn cell(text: &str) -> String {
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
    let mut text =
        String::from("id,topic,source,verdict,why,state,clock,figure,low,high,blocks,unit\n");
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
            source(claim),
            judgement.verdict.word(),
            judgement.verdict.why(),
        ];
        let head = head.map(cell).join(",");
        if judgement.found.is_empty() {
            let _ = writeln!(text, "{head},,,,,,,");
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
                "{head},{},{clock},{figure},{}",
                cell(&found.state),
                found.unit
            );
        }
    }
    text
}

/// The ledger for programs.
pub fn json(judgements: &[Judgement]) -> Value {
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
                "caveats": claim.caveats,
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
    })
}

fn found(found: &Found) -> Value {
    json!({
        "state": found.state,
        "clock": found.clock,
        "unit": found.unit,
        "figure": found.figure.as_ref().map(figure),
        "seen": found.seen,
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

    #[test]
    fn code_in_a_cell_stays_as_it_is() {
        let told = cell("`Box<T>` | a < b, `c`");
        assert_eq!(told, "`Box<T>` \\| a &lt; b, `c`");
    }
}

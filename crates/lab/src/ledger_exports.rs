//! The ledger in the formats of other tools.

use std::{fmt::Write as _, slice};

use anyhow::Result;

use lab_judge::{
    claims::Clock,
    figures::Figure,
    judgement::{Judgement, Tested},
    ledger::{counts, tables},
    verdict::Verdict,
};
use lab_results::{layout::WIDTH, result::ResultFile};

use crate::ledger_text::heading;

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
        text += "| | verdict | finding | claim | source | evidence |\n|---|---|---|---|---|---|\n";
        for judgement in judgements {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} |",
                judgement.id,
                judgement.verdict.word(),
                cell(&judgement.finding),
                cell(&judgement.says),
                cell(judgement.source()),
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
        "id,topic,claim,source,said,verdict,why,finding,state,clock,figure,low,high,blocks,unit,seen\n",
    );
    let cell = |text: &str| {
        if text.contains([',', '"', '\n']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    for judgement in judgements {
        let why = judgement.verdict.why();
        let head = [
            &judgement.id,
            &judgement.topic,
            &judgement.says,
            judgement.source(),
            judgement.said.as_deref().unwrap_or_default(),
            judgement.verdict.word(),
            &why,
            &judgement.finding,
        ];
        let head = head.map(cell).join(",");
        if judgement.tests.is_empty() {
            let _ = writeln!(text, "{head},,,,,,,,");
        }
        for tested in judgement.tests.iter().chain(&judgement.shown) {
            let figure = match &tested.figure {
                Some(Figure::Known(e)) => format!("{},{},{},{}", e.value, e.low, e.high, e.count),
                Some(Figure::Rough { value, blocks }) => format!("{value},,,{blocks}"),
                _ => ",,,".to_owned(),
            };
            let clock = tested.clock.map_or("", Clock::name);
            let _ = writeln!(
                text,
                "{head},{},{clock},{figure},{},{}",
                cell(&tested.state),
                tested.unit,
                cell(tested.seen.as_deref().unwrap_or_default()),
            );
        }
    }
    text
}

/// The ledger for programs: each judgement as it is.
pub fn json(judgements: &[Judgement]) -> Result<String> {
    Ok(serde_json::to_string_pretty(judgements)?)
}

/// What a verdict rests on, in one sentence: figures, or why there are none, and what was said.
fn grounds(judgement: &Judgement) -> String {
    let mut parts = Vec::new();
    let why = judgement.verdict.why();
    if !why.is_empty() {
        parts.push(format!("({why})"));
    }
    let tested = judgement.tests.iter().chain(&judgement.shown);
    parts.extend(tested.filter_map(Tested::result_text));
    if parts.is_empty() && judgement.verdict == Verdict::Shown {
        parts.push("not measured in this run".to_owned());
    }
    if let Some(figure) = &judgement.said {
        parts.push(format!("said: {figure}"));
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_judge::{claims::Claims, figures::Results, judge::judge};
    use lab_results::synthetic::{Talker, result};

    #[test]
    fn code_in_a_cell_stays_as_it_is() {
        let escaped = cell("`Box<T>` | a < b, `c`");
        assert_eq!(escaped, "`Box<T>` \\| a &lt; b, `c`");
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
            finding.holds = "It is so"
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
        (Claims::default().with("list", text).unwrap(), file)
    }

    /// What a format makes of them.
    fn made<T>(format: impl Fn(&[Judgement], &[ResultFile]) -> T) -> T {
        let (claims, file) = small();
        let files = [file];
        let judged = claims.claim.iter();
        let judged = judged.map(|claim| judge(claim, &Results::new(&files), &Talker).unwrap());
        format(&judged.collect::<Vec<_>>(), &files)
    }

    #[test]
    fn values_separated_by_commas_have_claim_source_figures_and_what_was_seen() {
        let seen = "a word and more ".repeat(12);
        let expected = format!(
            r#"id,topic,claim,source,said,verdict,why,finding,state,clock,figure,low,high,blocks,unit,seen
A1,list,"Go takes ""2 ms"", at most 3.",the article,2 ms,undecided,"only 2 blocks, it takes at least 6",Undecided: too few runs for an interval,"with a, b",,2000000,2000000,2000000,6,ns,
A1,list,"Go takes ""2 ms"", at most 3.",the article,2 ms,undecided,"only 2 blocks, it takes at least 6",Undecided: too few runs for an interval,,,4000000,,,2,ns,
B1,list,It is so.,the article,,holds,,It is so,,,,,,,,{seen}
O1,list,a < b,a | guide,,shown,,Measured here: 1 ms,,,1000000,1000000,1000000,6,ns,
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

**2 claims: 1 hold, 1 undecided (1 for lack of measurements)**

| | verdict | finding | claim | source | evidence |
|---|---|---|---|---|---|
| A1 | undecided | Undecided: too few runs for an interval | Go takes \"2 ms\", at most 3. | the article \
| (only 2 blocks, it takes at least 6); with a, b 2 ms [2, 2]; about 4 ms; said: 2 ms |
| B1 | holds | It is so | It is so. | the article | {seen} |

Claims of other sources. **1 claim: 1 shown**

| | verdict | finding | claim | source | evidence |
|---|---|---|---|---|---|
| O1 | shown | Measured here: 1 ms | a &lt; b | a \\| guide | 1 ms [1, 1] |
"
        );
        assert_eq!(made(markdown), expected);
    }

    #[test]
    fn for_programs_each_judgement_is_whole_and_can_be_read_back() {
        made(|judgements, _| {
            let text = json(judgements).unwrap();
            let read: Vec<Judgement> = serde_json::from_str(&text).unwrap();
            assert_eq!(read, judgements);
            let all: serde_json::Value = serde_json::from_str(&text).unwrap();
            let first = &all[0];
            assert_eq!(first["verdict"]["is"], "undecided");
            assert_eq!(first["tests"][0]["outcome"]["is"], "met");
            assert_eq!(first["tests"][0]["figure"]["known"]["value"], 2e6);
            assert_eq!(first["tests"][0]["bound"]["most"], 3e6);
            assert_eq!(first["ablations"][0]["explained"]["is"], "confirmed");
            assert_eq!(first["counter_argument"]["says"], "Rust takes less.");
            assert_eq!(all[2]["source"], "a | guide");
        });
    }
}

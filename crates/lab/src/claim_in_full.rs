//! One claim in full.

use std::fmt::Write as _;

use lab_judge::{
    claims::Clock,
    figures::Figure,
    judgement::{GUARD, Judgement, NamedFigure, TestQuestion, Tested},
    ledger::experimented,
    resident_memory::{READINGS, Reading},
    verdict::{Outcome, Verdict},
};
use lab_results::{
    layout::{WIDTH, hang},
    quantity::quantity,
};
use lab_workspace::language::Language;

use crate::ledger_text::with_languages;

/// One claim in full: claim, verdict, finding, figures with their bounds, how it was tested, control,
/// ablations, caveats, the counter-argument with its figure, and how to reproduce it.
pub fn full(judgement: &Judgement, width: usize) -> String {
    let mut text = String::new();
    let mut line = |label: &str, said: &str| {
        let _ = writeln!(text, "{}", hang(&format!("{label:<13} "), said, width));
    };
    line(&judgement.id, &judgement.says);
    line("said by", judgement.source());
    if let Some(said) = &judgement.said {
        line("figure said", said);
    }
    line("verdict", &judgement.verdict.to_string());
    line("finding", &judgement.finding);
    for tested in &judgement.tests {
        line("result", &result(tested));
    }
    for tested in judgement
        .shown
        .iter()
        .filter(|tested| tested.result_text().is_some())
    {
        line("also measured", &figure(tested));
    }
    rule(judgement, &mut line);
    for run in &judgement.measured {
        line("measured", &run.text());
    }
    for (number, question) in questions(judgement).iter().enumerate() {
        line(&format!("test {}", number + 1), question);
    }
    if let Some(control) = names(&judgement.control) {
        line("control", &format!("a side over itself: {control}"));
    }
    for ablation in &judgement.ablations {
        line("ablation", &ablation.says);
        let found = format!("{}: {}", ablation.explained, experimented(ablation));
        line("", &found);
    }
    for under in &judgement.settings {
        let figures = names(&under.figures).unwrap_or_default();
        line("setting", &format!("{}: {figures}", under.setting));
    }
    if judgement.ablations.is_empty() && judgement.said.is_some() {
        line("ablation", "unexplained: no experiment takes a cause away");
    }
    for caveat in &judgement.caveats {
        line("caveat", caveat);
    }
    counter_argument(judgement, &mut line);
    let label = match &judgement.verdict {
        Verdict::Undecided(why) if why.lacks_figures() || why.blocks().is_some() => "to decide",
        _ => "reproduce",
    };
    line(label, &judgement.reproduce.join(", then "));
    text + &memory_table(&judgement.memory, width)
}

/// Writes when its rule was fixed and revised, and whether it is a guard.
fn rule(judgement: &Judgement, line: &mut impl FnMut(&str, &str)) {
    if let Some(fixed) = fixed(judgement) {
        line("rule fixed", &fixed);
    }
    for revision in &judgement.revised {
        let revised = format!("{}: {}", revision.on, revision.why);
        line("rule revised", &revised);
    }
    if judgement.guard {
        line("guard", GUARD[1]);
    }
}

/// When its rule was fixed, and that of each test for which it was later.
fn fixed(judgement: &Judgement) -> Option<String> {
    let mut days = vec![judgement.fixed.as_ref()?.day().to_owned()];
    for tested in &judgement.tests {
        if let Some(fixed) = &tested.fixed {
            days.push(format!("{} {}", tested.name(), fixed.day()));
        }
    }
    Some(days.join("; "))
}

/// Writes the counter-argument, and the figure that tests it.
fn counter_argument(judgement: &Judgement, line: &mut impl FnMut(&str, &str)) {
    let Some(counter) = &judgement.counter_argument else {
        return;
    };
    line("but", &counter.says);
    if let Some(tested) = &counter.tested {
        line("", &figure(tested));
        line("", &format!("test: {}", tested.question_text()));
    }
    if let Some(elsewhere) = &counter.elsewhere {
        line("", elsewhere);
    }
}

/// A figure against its bound, or an answer of yes or no.
fn result(tested: &Tested) -> String {
    let outcome = match &tested.outcome {
        _ if tested.figure.is_some() && !tested.bound.binds() => String::new(),
        Outcome::Met if tested.figure.is_none() => "; as the claim has it".to_owned(),
        Outcome::Violated(_) if tested.figure.is_none() => "; not as the claim has it".to_owned(),
        Outcome::Met => "; met".to_owned(),
        Outcome::Violated(_) => "; missed".to_owned(),
        Outcome::Inconclusive(why) => format!("; open: {why}"),
    };
    let bound = match tested.bound_text() {
        bound if bound.is_empty() => bound,
        bound => format!("; holds if {bound}"),
    };
    format!("{}{bound}{outcome}", figure(tested))
}

/// A figure with its name, its languages, and its 95 % interval.
fn figure(tested: &Tested) -> String {
    with_languages(tested, tested.describe())
}

/// What its tests ask, each once.
fn questions(judgement: &Judgement) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut before: Option<(&str, &TestQuestion)> = None;
    for tested in &judgement.tests {
        let is_the_same_by_another_clock = before.is_some_and(|(state, question)| {
            state == tested.state && tested.clock.is_some() && is_alike(question, &tested.question)
        });
        before = Some((&tested.state, &tested.question));
        if !is_the_same_by_another_clock {
            let question = tested.question_text();
            all.push(match tested.state.as_str() {
                "" => question,
                state => format!("{state}: {question}"),
            });
        }
    }
    all
}

/// Whether two formulas are the same but for the clock.
fn is_alike(one: &TestQuestion, other: &TestQuestion) -> bool {
    let by_wall = |question: &TestQuestion| match question {
        TestQuestion::Value(text) => wall(text),
        TestQuestion::Mean(texts) => wall(&texts.join(" ")),
        _ => String::new(),
    };
    by_wall(one) == by_wall(other)
}

/// A formula by the clock on the wall.
fn wall(text: &str) -> String {
    let by_cpu = text.replace(Clock::CpuWithoutIdle.name(), Clock::Cpu.name());
    by_cpu.replace(".cpu_ns", ".wall_ns")
}

fn names(figures: &[NamedFigure]) -> Option<String> {
    let said: Vec<String> = figures.iter().filter_map(NamedFigure::text).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// How wide the names of cases are where they stand before their figures.
const NAME: usize = 38;

/// The readings as a table; nothing if there are none. Where it does not fit, cases have their own lines.
fn memory_table(readings: &[Reading], width: usize) -> String {
    let is_narrow = width < WIDTH;
    let row = |label: &str, side: &str, [peak, end, back]: [&str; 3]| {
        if is_narrow {
            let label = match label {
                "" => String::new(),
                label => hang("", label, width) + "\n",
            };
            return format!("{label}{side:<4} {peak:>10} {end:>10} {back:>10}\n");
        }
        format!("{label:<NAME$} {side:<4} {peak:>11} {end:>11} {back:>12}\n")
    };
    let mut text = String::new();
    let mut before = "";
    for reading in readings {
        let cells = reading.figures.each_ref().map(|figure| match figure {
            Figure::Known(estimate) => quantity(estimate.value, "bytes"),
            Figure::Rough { value, .. } => quantity(*value, "bytes"),
            Figure::Missing(_) => "-".to_owned(),
        });
        let mut label = reading.case.as_str();
        if label == before {
            label = "";
        } else if label.chars().count() > NAME && !is_narrow {
            let _ = writeln!(text, "{label}");
            label = "";
        }
        before = &reading.case;
        let side = match reading.side {
            Language::Go => "Go",
            Language::Rust => "Rust",
        };
        text += &row(label, side, cells.each_ref().map(String::as_str));
    }
    if !text.is_empty() {
        let head = row("resident memory", "", READINGS.map(|[name, _]| name));
        text.insert_str(0, &format!("\n{head}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_judge::{claims::Claim, figures::Results, judge::judge};
    use lab_results::{
        result::ResultFile,
        synthetic::{Talker, result},
    };

    fn in_full(claim: &str, file: ResultFile) -> String {
        let claim: Claim = toml::from_str(claim).unwrap();
        let files = [file];
        let results = Results::new(&files);
        let text = full(&judge(&claim, &results, &Talker).unwrap(), WIDTH);
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
        file.measurements[1].key.go = "gogc400".to_owned();
        file.measurements[2].key.go = "gogc50".to_owned();
        for block in &mut file.measurements[0].blocks {
            block.control.samples[0].insert("wall_ns".to_owned(), 2e6.into());
        }
        let text = in_full(claim, file);
        for line in [
            "setting       go=gogc400: wall time 0.5× [0.5, 0.5]; CPU time 0.5× [0.5, 0.5];",
            "control       a side over itself: wall time 0.5× [0.5, 0.5]; CPU time 1× [1, 1];",
            "              with go=gogc400, it would not hold by wall time\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert!(!text.contains("gogc50"), "of another case: {text}");
    }

    #[test]
    fn a_guard_is_labelled() {
        let text = |guard: &str| {
            let claim = format!("id = \"X\"\ntopic = \"x\"\nsays = \"x\"\n{guard}");
            in_full(&claim, result(&[]))
        };
        let label = "guard         the answer was seen before the bound was fixed";
        assert!(text("guard = true").contains(label));
        assert!(!text("").contains("guard"));
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
            answer = "Not with a larger heap."
            answered_by = { value = "go{list/case go=gogc400}.wall_ns", unit = "ns" }
        "#;
        let mut file = result(&[("list", 3.0, 6), ("list", 0.5, 6)]);
        file.measurements[1].key.go = "gogc400".to_owned();
        let text = in_full(claim, file);
        let line = "              with go=gogc400, more would miss its bound\n";
        assert!(text.contains(line), "{text}");
        let undecided = in_full(claim, result(&[("list", 3.0, 6)]));
        assert!(!undecided.contains("would miss"), "{undecided}");
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
        let text = in_full(&claim("process.peak_bytes"), file.clone());
        let table = "
resident memory                                    peak         end   given back
list/case 1k                           Go      5.00 MiB    3.00 MiB            -
";
        assert!(text.ends_with(table), "{text}");
        let text = in_full(&claim("wall_ns"), file);
        assert!(!text.contains("resident memory"), "{text}");
    }

    #[test]
    fn huge_pages_are_a_caveat_of_claims_about_memory_where_they_are_always_on() {
        let text = |touched: &str, pages: &str| {
            let mut file = result(&[]);
            let pages = pages.to_owned();
            let settings = &mut file.machine.settings;
            settings.insert("transparent huge pages".to_owned(), pages);
            in_full(
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

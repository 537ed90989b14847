//! What changed, as people read it in a terminal.

use std::fmt::Write as _;

use super::{CHANGED, Changes, Moved, QUANTITIES, Row};
use lab_results::{
    layout::{WIDTH, hang},
    stats::Estimate,
    table::{label, short},
};

/// The width of the column of labels.
const LABEL: usize = 34;

/// Warnings, a row for each case, what only one measured, verdicts that turned.
pub fn text(changes: &Changes, width: usize) -> String {
    let mut text = String::new();
    for warning in &changes.warnings {
        paragraph(&mut text, width, "warning: ", warning);
    }
    if !changes.rows.is_empty() {
        text += &if width < WIDTH {
            "new/old [95 %]\n".to_owned()
        } else {
            row("new/old [95 %]", "go", "rust", width)
        };
    }
    for Row {
        key,
        quantity,
        go,
        rust,
    } in &changes.rows
    {
        // Wall time always; the rest where it says something.
        if *quantity == QUANTITIES[0] {
            text += &row(&label(key), &moved(*go), &moved(*rust), width);
        } else if go.changed() || rust.changed() {
            text += &row(
                &format!("    {quantity}"),
                &moved(*go),
                &moved(*rust),
                width,
            );
        }
    }
    for (which, alone) in [("old", &changes.only_old), ("new", &changes.only_new)] {
        if !alone.is_empty() {
            let names: Vec<String> = alone.iter().map(ToString::to_string).collect();
            paragraph(
                &mut text,
                width,
                "",
                &format!("only the {which} one measured {}", names.join(", ")),
            );
        }
    }
    text.push('\n');
    for turned in &changes.verdicts {
        let says = format!("{} -> {}: {}", turned.old, turned.new, turned.says);
        paragraph(&mut text, width, &format!("{:<5}", turned.id), &says);
        for reason in &turned.reasons {
            paragraph(&mut text, width, "       ", reason);
        }
    }
    paragraph(&mut text, width, "", &counts(changes));
    text
}

/// How much changed, in sentences.
fn counts(changes: &Changes) -> String {
    let all: Vec<Moved> = changes.rows.iter().flat_map(|r| [r.go, r.rust]).collect();
    let known = all.iter().filter(|m| matches!(m, Moved::Known(_))).count();
    let differ = all.iter().filter(|moved| moved.differs()).count();
    let far_off = all.iter().filter(|moved| moved.changed()).count();
    let far = (CHANGED - 1.0) * 100.0;
    let mut text = match changes.verdicts.len() {
        0 => "No verdict changed.".to_owned(),
        1 => "1 verdict changed.".to_owned(),
        many => format!("{many} verdicts changed."),
    };
    let _ = write!(
        text,
        " Of {known} figures (wall and CPU time, peak memory, on each side) {differ} differ and {far_off} moved by more than {far:.0} %; {:.0} would differ by chance if nothing had changed.",
        known as f64 / 20.0
    );
    if known < all.len() {
        let few = all.len() - known;
        let _ = write!(text, " {few} come from too few blocks to tell.");
    }
    text
}

/// `~` where there is no difference.
fn moved(moved: Moved) -> String {
    match moved {
        Moved::Known(Estimate {
            value, low, high, ..
        }) if moved.differs() => format!("{} [{}, {}]", short(value), short(low), short(high)),
        Moved::Known(_) => "~".to_owned(),
        Moved::Rough(ratio) => format!("{} (few)", short(ratio)),
        Moved::Missing => "-".to_owned(),
    }
}

fn row(label: &str, go: &str, rust: &str, width: usize) -> String {
    if width < WIDTH {
        let both = format!("go {go}, rust {rust}");
        return format!(
            "{}\n{}\n",
            hang("", label, width),
            hang("        ", &both, width)
        );
    }
    if label.chars().count() > LABEL {
        return format!("{label}\n{}", row("", go, rust, width));
    }
    let line = format!("{label:<LABEL$}  {go:<21} {rust}");
    format!("{}\n", line.trim_end())
}

fn paragraph(text: &mut String, width: usize, head: &str, words: &str) {
    let _ = writeln!(text, "{}", hang(head, words, width));
}

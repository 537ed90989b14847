//! The ledger on a terminal: a line for each claim, from which runs its figures come, what to measure next.

use std::fmt::Write as _;

use lab_judge::{
    ablation::Experiment,
    judgement::{FigureLanguages, Judgement, Measured, Tested},
    ledger::{counts, experimented, lacks_figures, machine, mode, tables},
    revision,
};
use lab_results::{
    layout::{count, cut, hang, wrap},
    result::ResultFile,
};

/// More claims than these are measured by their group.
const MAX_NAMED: usize = 6;

/// The ledger as text, as one function writes each of its tables: counts, then a line for each claim.
pub fn both(judgements: &[Judgement], table: impl Fn(&[Judgement]) -> String) -> String {
    let one = |(heading, judgements): (&str, &[Judgement])| {
        let heading = match heading {
            "" => String::new(),
            heading => format!("{heading}. "),
        };
        format!("{heading}{}\n\n{}", counts(judgements), table(judgements))
    };
    let tables: Vec<String> = tables(judgements).into_iter().map(one).collect();
    tables.join("\n")
}

/// The ledger as text: id, verdict and finding of each claim.
pub fn text(judgements: &[Judgement], width: usize) -> String {
    let line = |judgement: &Judgement| hang(&label(judgement), &judgement.finding, width) + "\n";
    judgements.iter().map(line).collect()
}

/// The ledger in one line for each claim, cut between words.
pub fn brief(judgements: &[Judgement], width: usize) -> String {
    let mut text = String::new();
    for judgement in judgements {
        let head = label(judgement);
        let finding = cut(&judgement.finding, width - head.chars().count());
        let _ = writeln!(text, "{head}{finding}");
    }
    text
}

/// Id and verdict, in columns.
fn label(judgement: &Judgement) -> String {
    format!("{:<4} {:<12} ", judgement.id, judgement.verdict.word())
}

/// A figure's text behind its languages, unless it begins with them.
pub fn with_languages(tested: &Tested, text: String) -> String {
    match tested.languages.map_or("", FigureLanguages::label) {
        label if text.starts_with(label) => text,
        label => format!("{label}: {text}"),
    }
}

/// What to measure so that claims are decided that lack figures, a sentence for each table; nothing if
/// none does.
pub fn to_decide(judgements: &[Judgement], width: usize) -> Option<String> {
    let mut lines = Vec::new();
    for (heading, judgements) in tables(judgements) {
        let lacking: Vec<&Judgement> = judgements.iter().filter(|j| lacks_figures(j)).collect();
        let (source, all) = match heading {
            "" => (
                "the undecided",
                "--only claims; for those about servers and programs, --only load and --only programs",
            ),
            _ => ("other sources' claims", "--only outside"),
        };
        let how = if lacking.len() > MAX_NAMED {
            all.to_owned()
        } else {
            let named = lacking
                .iter()
                .map(|judgement| format!(" --only {}", judgement.id));
            format!("--thorough{}", named.collect::<String>())
        };
        if !lacking.is_empty() {
            let count = lacking.len();
            let next = format!("{count} of {source} lack figures: cargo lab measure {how}");
            lines.extend(wrap(&next, width));
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// What became of a claim's supposed cause, in lines that fit.
pub fn explained(id: &str, experiment: &Experiment, width: usize) -> String {
    let found = format!("{}: {}", experiment.explained, experimented(experiment));
    let says = hang(&format!("{id:<4} "), &experiment.says, width);
    format!("{says}\n{}", hang("     ", &found, width))
}

/// From which runs the figures come, a paragraph for each, and for how many claims.
pub fn runs(judgements: &[Judgement], width: usize) -> String {
    let mut runs: Vec<(&Measured, usize)> = Vec::new();
    for run in judgements.iter().flat_map(|judgement| &judgement.measured) {
        match runs.iter_mut().find(|(known, _)| *known == run) {
            Some((_, claims)) => *claims += 1,
            None => runs.push((run, 1)),
        }
    }
    if runs.is_empty() {
        return "nothing was measured yet: run \"cargo lab measure\"".to_owned();
    }
    let line = |(run, claims): &(&Measured, usize)| {
        let claims = count(*claims, "claim");
        hang("", &format!("{}: figures of {claims}", run.text()), width)
    };
    runs.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Where and when it was measured, in a paragraph for each file.
pub fn heading(files: &[ResultFile], width: usize) -> String {
    if files.is_empty() {
        return "nothing was measured yet: run \"cargo lab measure\"".to_owned();
    }
    let line = |file: &ResultFile| {
        let line = format!(
            "{}: {}, {}{}",
            mode(file.request.mode),
            machine(&file.machine),
            revision::day(file.began),
            if file.complete { "" } else { " (not complete)" },
        );
        wrap(&line, width).join("\n")
    };
    files.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim_in_full::full;
    use lab_judge::{
        claims::{Claim, Claims},
        figures::Results,
        judge::judge,
    };
    use lab_results::{
        layout::{self, WIDTH},
        result::{Caution, GOVERNOR},
        synthetic::{Talker, result},
    };

    #[test]
    fn the_heading_names_a_governor_that_holds_the_machine_back() {
        let heading_with = |governor: Option<&str>| {
            let mut file = result(&[]);
            let settings = &mut file.machine.settings;
            settings.extend(governor.map(|name| (GOVERNOR.to_owned(), name.to_owned())));
            heading(&[file], WIDTH)
        };
        assert_eq!(heading_with(Some("performance")), heading_with(None));
        let slow = heading_with(Some("powersave"));
        assert!(slow.contains("1 core (governor powersave), 1970"), "{slow}");
    }

    #[test]
    fn the_heading_says_which_run_was_stopped() {
        let whole = result(&[]);
        let mut stopped = whole.clone();
        stopped.complete = false;
        let text = heading(&[whole, stopped], WIDTH);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], format!("{} (not complete)", lines[0]));
    }

    #[test]
    fn a_hint_names_what_measuring_again_decides_and_nothing_else() {
        let claim = |id: usize| -> Claim {
            toml::from_str(&format!(
                "id = \"X{id}\"\ntopic = \"list\"\nsays = \"x\"\n\
                 test = [{{ value = \"go{{list/case}}.wall_ns\", least = 2e6, most = 2e6, unit = \"ns\" }}]"
            ))
            .unwrap()
        };
        let hint = |claims: usize, blocks: usize, cautions: usize| {
            let mut file = result(&[("list", 1.0, blocks)]);
            for block in &mut file.measurements[0].blocks[..cautions] {
                block.cautions = vec![Caution::Moved];
            }
            let files = [file];
            let judged =
                (0..claims).map(|id| judge(&claim(id), &Results::new(&files), &Talker).unwrap());
            let judgements: Vec<Judgement> = judged.collect();
            let full = full(&judgements[0], 80);
            (to_decide(&judgements, 80), full.contains("to decide"))
        };
        let few =
            "2 of the undecided lack figures: cargo lab measure --thorough --only X0 --only\nX1";
        assert_eq!(hint(2, 3, 0), (Some(few.to_owned()), true));
        assert!(hint(7, 3, 0).0.unwrap().contains("measure --only claims;"));
        // What has its figures and is open for another reason is not measured again.
        assert_eq!(hint(2, 8, 8), (None, false));
    }

    #[test]
    fn no_line_about_any_claim_is_longer_than_its_width() {
        let project = lab_workspace::project::Project::find().unwrap();
        let claims = Claims::read(&project).unwrap();
        let mut file = result(&[("list", 2.0, 6)]);
        "A processor with a name that takes more than a line to say "
            .repeat(2)
            .clone_into(&mut file.machine.cpu);
        let files = [file];
        let judged = claims
            .claim
            .iter()
            .map(|c| judge(c, &Results::new(&files), &Talker).unwrap());
        let judgements: Vec<_> = judged.collect();
        for width in [40, 60, 80] {
            let full = judgements
                .iter()
                .map(|judgement| full(judgement, width))
                .collect();
            let whole = [
                heading(&files, width),
                layout::fit(&counts(&judgements), width),
                text(&judgements, width),
                brief(&judgements, width),
                to_decide(&judgements, width).expect("much is undecided"),
                full,
            ];
            for line in whole.iter().flat_map(|text| text.lines()) {
                // A formula's words are as long as they are, and stand alone.
                let is_word = !line.trim_start().contains(' ');
                assert!(is_word || line.chars().count() <= width, "{width}: {line}");
            }
            assert!(whole[5].contains("unexplained"), "{}", whole[5]);
        }
    }
}

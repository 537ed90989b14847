//! The answer in five lines: each is a sentence that can be quoted, made from a claim's figures,
//! whatever its verdict.

use maud::{Markup, html};

use crate::verdicts::{Judged, mark, sentence};

/// How many lines there are.
const LINES: usize = 5;

/// What a reader asks about first, and what a claim's tests say of it.
struct Line {
    /// The claim.
    id: &'static str,
    /// The question.
    asks: &'static str,
    /// How the sentence begins.
    found: &'static str,
    /// How it goes on: what each test found, with its figure for `{}`. What is missing is left out.
    each: &'static [&'static str],
    /// What follows from it where the claim holds, fails, depends.
    so: [&'static str; 3],
}

/// The first ones that are decided are shown, then those that are not.
const FIRST: [Line; 9] = [
    Line {
        id: "V4",
        asks: "Is Rust faster?",
        found: "Over a case of each topic, in the geometric mean, Go took",
        each: &["{} Rust's time by the clock", "{} its CPU time"],
        so: [
            ": Rust is faster",
            ": Rust is not faster",
            ": which is faster depends on the cores to spare",
        ],
    },
    Line {
        id: "R1",
        asks: "Does Go's collector stop the program for long?",
        found: "Go's collector stopped the program for",
        each: &[
            "{} at the median of its collections",
            "{} at p99 of its pauses",
        ],
        so: [
            ", which is 1 to 10 ms and at times longer",
            ", not for 1 to 10 ms and at times longer",
            ", which is only in part 1 to 10 ms and at times longer",
        ],
    },
    Line {
        id: "S3",
        asks: "Does the collector make a server's latency spike?",
        found: "Of a Go server",
        each: &[
            "the p99 was {} that with GOGC=400 at the same rate",
            "pooled buffers took {} of the tail away",
        ],
        so: [
            ": its spikes come from the collector",
            ": not all of its spikes come from the collector",
            ": whether its spikes come from the collector depends",
        ],
    },
    Line {
        id: "V2",
        asks: "Does Go take more memory?",
        found: "Go took",
        each: &[
            "{} Rust's memory for a list that was just made",
            "{} for one that was thinned and grown again",
        ],
        so: [
            ": Go takes more",
            ": Go does not take a quarter more",
            ": which takes more depends on what went before",
        ],
    },
    Line {
        id: "R5",
        asks: "Has Rust no pauses?",
        found: "Letting go stalled Rust for",
        each: &["{} at p99.9 one by one", "{} a million values at once"],
        so: [
            ": neither is a pause of a millisecond",
            ": both are pauses of more than a millisecond",
            ": whether that is a pause depends on how much is let go of at once",
        ],
    },
    Line {
        id: "A1",
        asks: "Is allocating as fast in both?",
        found: "Allocating alone took Go",
        each: &["{} Rust's time by the clock", "{} its CPU time"],
        so: [
            ": the two are similar",
            ": the two are not similar",
            ": whether that is similar depends on the cores to spare",
        ],
    },
    Line {
        id: "R4",
        asks: "Is freeing in Rust free?",
        found: "Freeing took Rust",
        each: &["{} of the CPU time of allocating, filling and freeing"],
        so: [": that is as good as free", ": it is not free", ""],
    },
    Line {
        id: "S4",
        asks: "Does a server's memory stay the same under load?",
        found: "Under load",
        each: &[
            "a Go server's memory moved by {} of its median",
            "a Rust server's by {}",
        ],
        so: [
            ": Go's fluctuates and Rust's does not",
            ": it is not so that Go's fluctuates and Rust's does not",
            "",
        ],
    },
    Line {
        id: "Y4",
        asks: "Is Go simpler?",
        found: "Of the same tree with links upwards one counts",
        each: &["{}"],
        so: [": Go's is simpler", ": Go's is not simpler", ""],
    },
];

/// The lines: what is decided first, then what is not told yet.
pub fn html(claims: &[Judged]) -> Markup {
    let claim = |line: &'static Line| Some((line, claims.iter().find(|c| c.id == line.id)?));
    let told = FIRST.iter().filter_map(claim);
    let decided = told
        .clone()
        .filter_map(|(line, claim)| Some((claim, line.told(claim)?)));
    let open = told
        .filter(|(line, claim)| line.told(claim).is_none())
        .map(|(line, claim)| (claim, not_told(line, claim)));
    html! {
        ol.answers {
            @for (claim, says) in decided.chain(open).take(LINES) {
                li { (sentence(&says)) " " a href=(claim.place()) { (claim.id) " " (mark(&claim.verdict)) } }
            }
        }
        p.hint { "In brackets stand 95 % intervals." }
    }
}

impl Line {
    /// The sentence; none as long as the claim is not decided.
    fn told(&self, claim: &Judged) -> Option<String> {
        let so = match claim.verdict.as_str() {
            "holds" => self.so[0],
            "fails" => self.so[1],
            "depends" => self.so[2],
            _ => return None,
        };
        let each = self.each.iter().zip(&claim.tests);
        let found = each.filter_map(|(says, test)| Some(says.replace("{}", &test.figure_said()?)));
        let found: Vec<String> = found.collect();
        let is_known = !found.is_empty();
        is_known.then(|| format!("{} {}{so}.", self.found, found.join(" and ")))
    }
}

fn not_told(line: &Line, claim: &Judged) -> String {
    let asks = line.asks;
    match claim.evidence.as_str() {
        "" => format!("Not told yet: {asks}"),
        why => format!("Not told yet: {asks} {why}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{measured::Shown, verdicts::Tested};

    fn claim(id: &str, verdict: &str) -> Judged {
        let figure = |value, unit: &str| Tested {
            figure: Some(Shown {
                value,
                interval: Some((value / 2.0, value * 2.0)),
            }),
            unit: unit.to_owned(),
            ..Tested::default()
        };
        Judged {
            id: id.to_owned(),
            verdict: verdict.to_owned(),
            tests: vec![figure(27e3, "ns"), figure(156e3, "ns")],
            evidence: "(only 2 blocks)".to_owned(),
            ..Judged::default()
        }
    }

    #[test]
    fn a_line_can_be_quoted_whatever_the_verdict() {
        let [_, line, ..] = &FIRST;
        let told = |verdict| line.told(&claim("R1", verdict));
        assert_eq!(
            told("fails").unwrap(),
            "Go's collector stopped the program for 27 µs [13.5 µs, 54 µs] at the median of its collections and \
             156 µs [78 µs, 312 µs] at p99 of its pauses, not for 1 to 10 ms and at times longer."
        );
        assert!(
            told("holds")
                .unwrap()
                .ends_with("which is 1 to 10 ms and at times longer.")
        );
        assert_eq!(told("undecided"), None);
        let mut half = claim("R1", "fails");
        half.tests[1].figure = None;
        half.tests[1].seen = Some("reclaim/window is not measured".to_owned());
        let told = line.told(&half).unwrap();
        assert!(
            told.contains("for 27 µs [13.5 µs, 54 µs] at the median of its collections, not for"),
            "{told}"
        );
    }

    #[test]
    fn there_are_five_lines_whatever_is_decided() {
        for verdicts in [["undecided"; 9], ["fails"; 9]] {
            let claims = FIRST.iter().zip(verdicts);
            let claims: Vec<Judged> = claims.map(|(line, word)| claim(line.id, word)).collect();
            let shown = html(&claims).into_string();
            assert_eq!(shown.matches("<li>").count(), LINES, "{shown}");
        }
    }

    #[test]
    fn a_claim_that_is_not_decided_is_asked_and_comes_last() {
        let claims = [claim("V4", "undecided"), claim("R1", "fails")];
        let shown = html(&claims).into_string();
        let asked = shown.find("Not told yet: Is Rust faster? (only 2 blocks).");
        assert!(asked.unwrap() > shown.find("27 µs").unwrap(), "{shown}");
    }

    #[test]
    fn every_line_has_a_claim_with_as_many_tests() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let project = lab_workspace::project::Project::at(std::path::Path::new(root)).unwrap();
        let claims = lab_judge::claims::Claims::read(&project).unwrap();
        for line in &FIRST {
            let claim = claims.get(line.id).unwrap();
            let tests: usize = claim.test.iter().map(|test| test.clocks().len()).sum();
            assert_eq!(tests, line.each.len(), "{}", line.id);
        }
    }
}

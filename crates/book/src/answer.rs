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
    /// What was found: `{}` is the figure of the next test.
    found: &'static str,
    /// What follows from it where the claim holds, fails, depends.
    so: [&'static str; 3],
}

/// The first ones that are decided are shown, then those that are not.
const FIRST: [Line; 9] = [
    Line {
        id: "V4",
        asks: "Is Rust faster?",
        found: "Over a case of each topic, Go took {} Rust's time by the clock and {} its CPU time, in the geometric mean",
        so: [
            ": Rust is faster",
            ": Rust is not faster",
            ": which is faster depends on the cores to spare",
        ],
    },
    Line {
        id: "R1",
        asks: "Does Go's collector stop the program for long?",
        found: "Go's collector stopped the program for {} at the median and {} at p99",
        so: [
            ", which is 1 to 10 ms and at times longer",
            ", not for 1 to 10 ms and at times longer",
            ", which is only in part 1 to 10 ms and at times longer",
        ],
    },
    Line {
        id: "S3",
        asks: "Does the collector make a server's latency spike?",
        found: "A Go server's p99 was {} that with GOGC=400 at the same rate, and pooled buffers took {} of its tail away",
        so: [
            ": its spikes come from the collector",
            ": not all of its spikes come from the collector",
            ": whether its spikes come from the collector depends",
        ],
    },
    Line {
        id: "V2",
        asks: "Does Go take more memory?",
        found: "A list that was just made took Go {} Rust's memory, one that was thinned and grown again {}",
        so: [
            ": Go takes more",
            ": Go does not take a quarter more",
            ": which takes more depends on what went before",
        ],
    },
    Line {
        id: "R5",
        asks: "Has Rust no pauses?",
        found: "Letting go stalled Rust for {} at p99.9 one by one, and for {} a million values at once",
        so: [
            ": neither is a pause of a millisecond",
            ": both are pauses of more than a millisecond",
            ": whether that is a pause depends on how much is let go of at once",
        ],
    },
    Line {
        id: "A1",
        asks: "Is allocating as fast in both?",
        found: "Allocating alone took Go {} Rust's time by the clock and {} its CPU time",
        so: [
            ": the two are similar",
            ": the two are not similar",
            ": whether that is similar depends on the cores to spare",
        ],
    },
    Line {
        id: "R4",
        asks: "Is freeing in Rust free?",
        found: "Freeing took Rust {} of the CPU time of allocating, filling and freeing",
        so: [": that is as good as free", ": it is not free", ""],
    },
    Line {
        id: "S4",
        asks: "Does a server's memory stay the same under load?",
        found: "Under load a Go server's memory moved by {} of its median, Rust's by {}",
        so: [
            ": Go's fluctuates and Rust's does not",
            ": it is not so that Go's fluctuates and Rust's does not",
            "",
        ],
    },
    Line {
        id: "Y4",
        asks: "Is Go simpler?",
        found: "Of the same tree with links upwards one counts {}",
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
        let mut parts = self.found.split("{}");
        let mut says = parts.next()?.to_owned();
        for (part, test) in parts.zip(&claim.tests) {
            says += &test.figure_said()?;
            says += part;
        }
        Some(format!("{says}{so}."))
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
            "Go's collector stopped the program for 27 µs [13.5 µs, 54 µs] at the median and \
             156 µs [78 µs, 312 µs] at p99, not for 1 to 10 ms and at times longer."
        );
        assert!(
            told("holds")
                .unwrap()
                .ends_with("which is 1 to 10 ms and at times longer.")
        );
        assert_eq!(told("undecided"), None);
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
        let project = lab::project::Project::at(std::path::Path::new(root)).unwrap();
        let claims = lab::claims::Claims::read(&project).unwrap();
        for line in &FIRST {
            let claim = claims.get(line.id).unwrap();
            let clocks = |test: &lab::claims::Test| {
                let both = |text: &String| text.contains("TIME");
                let texts = test.value.iter().chain(test.headline.iter().flatten());
                1 + usize::from(texts.into_iter().any(both))
            };
            let tests: usize = claim.test.iter().map(clocks).sum();
            assert_eq!(tests, line.found.matches("{}").count(), "{}", line.id);
        }
    }
}

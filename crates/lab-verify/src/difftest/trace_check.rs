//! Checks the traces of both programs: they print what the replay prints, agree at each `settle`, and report
//! each value as the model does.

use std::{collections::BTreeMap, fmt::Debug};

use super::{
    line::End,
    model_run::ModelRun,
    programs::Answer,
    table::{Operation, Part},
    values::{Link, Links, Source, Values},
};
use crate::trace::{Counts, Kind, Line, Moment, Object, State, Trace};

/// A trace lists this many values: the newest ones.
const MAX_VALUES: usize = 30;

/// A trace lists links while no more values than this were made.
const MAX_LINKED: usize = 1000;

/// The first problem in the traces of a script whose replays agree.
pub fn problem(
    topic: &str,
    table: &[Operation],
    script: &[u8],
    plain: &Answer,
    [rust, go]: [&Answer; 2],
) -> Option<String> {
    check(topic, table, script, plain, [rust, go]).err()
}

fn check(
    topic: &str,
    table: &[Operation],
    script: &[u8],
    plain: &Answer,
    [rust, go]: [&Answer; 2],
) -> Result<(), String> {
    let code = |answer: &Answer| match answer {
        Answer::Said { code, .. } => Ok(*code),
        Answer::Broke(how) => Err(how.clone()),
    };
    for (language, answer) in [("Rust", rust), ("Go", go)] {
        let what = format!("the exit code and complaint of {language}'s trace");
        let end = |answer: &Answer| Ok::<_, String>((code(answer)?, answer.stderr().to_vec()));
        equal(&what, "the replay's", &end(answer)?, &end(plain)?)?;
    }
    let both = [go, rust].map(|answer| [answer.stdout(), answer.stderr()]);
    let trace = Trace::read(both[0], both[1]).map_err(|error| format!("{error:#}"))?;
    for (language, in_go) in [("Go", true), ("Rust", false)] {
        let side = |line: Line| if in_go { line.go } else { line.rust };
        let moments = trace.lines.clone().into_iter().map(side);
        let printed: String = moments
            .flat_map(|moment: Moment| moment.output)
            .map(|line| line + "\n")
            .collect();
        let what = format!("what {language}'s trace prints");
        equal(&what, "the replay", &printed.as_bytes(), &plain.stdout())?;
    }
    let settle = table.iter().find(|o| o.part == Part::Settles);
    let settles = |line: &Line| settle.is_some_and(|o| line.performs(&o.word));
    for line in trace.lines.iter().filter(|line| settles(line)) {
        let states = |moment: &Moment| (moment.counts, moment.objects.clone());
        let what = format!("behind line {}, Go", line.line);
        equal(&what, "Rust", &states(&line.go), &states(&line.rust))?;
    }

    let Some(mut run) = ModelRun::new(topic, table) else {
        return Ok(());
    };
    let mut known = Known::default();
    let raw = script.split(|&byte| byte == b'\n');
    let (_, lines) = trace.lines.split_last().ok_or("a trace is empty")?;
    for (line, raw) in lines.iter().zip(raw) {
        match run.perform(raw) {
            Ok(()) => {}
            Err(End::Beyond) => return Ok(()),
            Err(_) => return Err(format!("the model refuses line {}", line.line)),
        }
        let Some(values) = run.values() else {
            return Ok(());
        };
        known.go_on(&values, settles(line));
        for (language, moment, states) in [
            ("Go", &line.go, &known.go),
            ("Rust", &line.rust, &known.rust),
        ] {
            let what = format!("behind line {}, {language}", line.line);
            let reported = (moment.counts.unwrap_or_default(), &moment.objects[..]);
            let (counts, objects) = expect(&known.ids, states);
            equal(&what, "the model", &reported, &(counts, &objects[..]))?;
            let drawn = known.draw(values.links.as_ref(), language == "Rust");
            equal(&what, "the model", &draw(moment), &drawn)?;
        }
    }
    Ok(())
}

/// What becomes of each value according to the model.
#[derive(Default)]
struct Known {
    ids: Vec<String>,
    uses: BTreeMap<String, usize>,
    go: Vec<State>,
    rust: Vec<State>,
}

impl Known {
    fn go_on(&mut self, values: &Values, settles: bool) {
        for name in &values.names[self.ids.len()..] {
            let uses = self.uses.entry(name.clone()).or_default();
            *uses += 1;
            self.ids.push(match (name.as_str(), *uses) {
                ("", number) => number.to_string(),
                (name, 1) => name.to_owned(),
                (name, uses) => format!("{name}:{uses}"),
            });
        }
        self.go.resize(self.ids.len(), State::Alive);
        self.rust = vec![State::Freed; self.ids.len()];
        for number in &values.living {
            self.rust[number - 1] = State::Alive;
        }
        for (place, state) in self.go.iter_mut().enumerate() {
            let number = place + 1;
            if values.living.contains(&number) || *state == State::Freed {
                continue;
            }
            let freed = settles || values.closed.contains(&number);
            *state = if freed { State::Freed } else { State::Garbage };
        }
    }

    /// What the trace of a language draws according to the model.
    fn draw(&self, links: Option<&Links>, in_rust: bool) -> Drawn {
        let Some(links) = links.filter(|_| self.ids.len() <= MAX_LINKED) else {
            return Drawn::default();
        };
        let first = self.ids.len().saturating_sub(MAX_VALUES);
        let id = |number: usize| (number > first).then(|| self.ids[number - 1].clone());
        let held = links.held.iter().filter_map(|number| id(*number));
        let link = |link: &Link| {
            let from = match &link.from {
                Source::Value(number) => id(*number)?,
                Source::Holder(name) => name.clone(),
            };
            let weak = in_rust && link.weak_in_rust;
            Some((from, id(link.to)?, if weak { "weak" } else { "strong" }))
        };
        let mut drawn: Vec<_> = links.links.iter().filter_map(link).collect();
        drawn.sort();
        (held.collect(), drawn)
    }
}

/// What keeps values alive: the ids that are held, and links with their source, target and kind, sorted.
type Drawn = (Vec<String>, Vec<(String, String, &'static str)>);

/// What a trace draws.
fn draw(moment: &Moment) -> Drawn {
    let kind = |kind| match kind {
        Kind::Strong => "strong",
        Kind::Weak => "weak",
    };
    let links = moment.links.iter();
    let links = links.map(|link| (link.from.clone(), link.to.clone(), kind(link.kind)));
    let mut links: Vec<_> = links.collect();
    links.sort();
    (moment.held.clone(), links)
}

fn expect(ids: &[String], states: &[State]) -> (Counts, Vec<Object>) {
    let count = |state| states.iter().filter(|other| **other == state).count();
    let counts = Counts {
        alive: count(State::Alive),
        garbage: count(State::Garbage),
        freed: count(State::Freed),
        leaked: count(State::Leaked),
    };
    let object = |(id, &state): (&String, &State)| Object {
        id: id.clone(),
        state,
    };
    let objects = ids.iter().zip(states).map(object);
    (
        counts,
        objects.skip(ids.len().saturating_sub(MAX_VALUES)).collect(),
    )
}

fn equal<T: PartialEq + Debug>(what: &str, other: &str, one: &T, two: &T) -> Result<(), String> {
    if one == two {
        return Ok(());
    }
    Err(format!("{what} reports {one:?}, and {other} {two:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::difftest::table;

    /// The trace of `chain 2`, with these holders and a link upwards of this kind.
    fn traced(held: &str, kind: &str) -> Answer {
        let objects = r#"[{"id":"1","state":"alive"},{"id":"2","state":"alive"}]"#;
        let down = r#"{"from":"1","kind":"strong","to":"2"}"#;
        let up = format!(r#"{{"from":"2","kind":"{kind}","to":"1"}}"#);
        let counts = r#""counts":{"alive":2,"garbage":0,"freed":0,"leaked":0}"#;
        let links = format!(r#""objects":{objects},"held":["{held}"],"links":[{down},{up}]"#);
        let output = r#""output":["nodes 1 to 2"]"#;
        let line = format!(r#"{{"line":1,"text":"chain 2",{output},{counts},{links}}}"#);
        answer(&format!(
            "{line}\n{{\"line\":2,\"text\":null,\"output\":[]}}\n"
        ))
    }

    fn answer(stdout: &str) -> Answer {
        Answer::Said {
            code: 0,
            stdout: stdout.as_bytes().to_vec(),
            stderr: Vec::new(),
        }
    }

    #[test]
    fn holders_and_links_are_those_of_the_model() {
        let table = table::read("chain\tLENGTH:whole:1..9\t-\tmakes\n").expect("a table");
        let check = |rust: [&str; 2], go: [&str; 2]| {
            let [rust, go] = [rust, go].map(|[held, kind]| traced(held, kind));
            let plain = answer("nodes 1 to 2\n");
            problem("cycles", &table, b"chain 2\n", &plain, [&rust, &go])
        };
        assert_eq!(check(["1", "weak"], ["1", "strong"]), None);
        for [rust, go] in [
            [["1", "strong"], ["1", "strong"]],
            [["1", "weak"], ["1", "weak"]],
            [["2", "weak"], ["1", "strong"]],
            [["1", "weak"], ["2", "strong"]],
        ] {
            let problem = check(rust, go).unwrap_or_default();
            assert!(problem.contains("the model"), "{rust:?} {go:?}: {problem}");
        }
    }
}

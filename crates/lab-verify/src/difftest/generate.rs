//! Generates scripts from a topic's table of operations.

mod informed;
mod limits;
mod text;

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any},
    prop_oneof,
    strategy::{BoxedStrategy, Union},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use super::{
    script::{Line, Script},
    table::{Kind, Operand, Operation, Part},
};

use informed::Informed;
pub use limits::Topic;
use text::{
    Text, any_end, at_limit, at_limits, at_max, at_min, beyond, first_at_max, fixed, line,
    names_of, numbered, plain_end, words,
};

/// How often a line stands in a script that looks for the bound of something: bounds are 100 and
/// 10,000, and what takes 1/17 of all bytes or objects at once.
const REPEATED: [usize; 3] = [17, 101, 10_001];

/// An operand as large as this costs no time, whatever it counts.
const CHEAP: i64 = 1000;

/// Of a thousand scripts this many know nothing of the state.
const INFORMED: u32 = 300;

/// From the first number on scripts go up to a limit, if few did; from the second on always.
const AT_LIMIT: u32 = 900;
const ALWAYS: u32 = 995;

/// What makes a topic's scripts.
pub struct Generator<'a> {
    table: &'a [Operation],
    names: Vec<String>,
    /// The few names that the next script uses, so that it meets them again.
    used: Vec<String>,
    rng: fastrand::Rng,
    runner: TestRunner,
    /// Writes scripts with the model; `None` where there is no model.
    informed: Option<Informed<'a>>,
    /// Whether scripts go up to the limits of what they may hold, which takes time.
    bounds: bool,
}

impl<'a> Generator<'a> {
    /// A generator; the same seed makes the same scripts. Uses the names of kept scripts.
    pub fn new(
        topic: &'a str,
        table: &'a [Operation],
        kept: &[Vec<u8>],
        seed: u64,
        bounds: bool,
    ) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let bytes: Vec<u8> = (0..32).map(|_| rng.u8(..)).collect();
        let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut names: Vec<String> = ["a", "b", "c", "1", "2"].map(str::to_owned).into();
        names.extend(kept.iter().flat_map(|text| names_of(table, text)));
        names.sort();
        names.dedup();
        Generator {
            table,
            used: names.clone(),
            names,
            informed: Informed::new(topic, table, rng.fork()),
            bounds,
            rng,
            runner: TestRunner::new_with_rng(Config::default(), random),
        }
    }

    /// The next random script.
    pub fn script(&mut self) -> Script {
        let weights = self.rng.fork();
        self.rng.shuffle(&mut self.names);
        self.used = self.names[..3].to_vec();
        let kind = self.rng.u32(0..1000);
        if let Some(script) = self.informed(kind) {
            return script;
        }
        match kind % INFORMED {
            0..1 => {
                let limits = self.mixture(weights, &at_limit);
                self.lines(limits, (0, 6), &plain_end(), true)
            }
            1..4 => {
                let line = self.mixture(weights, &|operand| self.operand(operand));
                let many = line.prop_flat_map(|line| vec(Just(line), 90..120));
                let lines = many.prop_map(|lines| lines.join(&b'\n')).boxed();
                self.lines(lines, (2, 2), &plain_end(), false)
            }
            4..60 => {
                let good = self.mixture(weights, &|operand| self.operand(operand));
                let text = prop_oneof![4 => good, 1 => self.broken()].boxed();
                self.lines(text, (2, 12), &any_end(), false)
            }
            _ => {
                let max = [4, 12, 12, 40][self.rng.usize(..4)];
                let text = self.mixture(weights, &|operand| self.operand(operand));
                let asked = self.rng.u8(..4) == 0;
                let last = if asked { self.questions() } else { Vec::new() };
                self.lines_and(text, (max / 2, max), &plain_end(), last)
            }
        }
    }

    /// A script of the model, most of the time.
    fn informed(&mut self, kind: u32) -> Option<Script> {
        let informed = self.informed.as_mut().filter(|_| kind >= INFORMED)?;
        let limit = match kind {
            ALWAYS.. if self.bounds => informed.at_limit(&self.used),
            AT_LIMIT.. if self.bounds && informed.misses_a_limit() => informed.at_limit(&self.used),
            _ => None,
        };
        if let Some((lines, refused)) = limit {
            return Some(Script {
                refused,
                ..Script::informed(numbered(lines), true)
            });
        }
        Some(Script::informed(
            numbered(informed.script(&self.used)?),
            false,
        ))
    }

    /// A settle, then every question that needs one: the answers have to fit each other.
    fn questions(&self) -> Vec<Line> {
        let of = |part| self.table.iter().filter(move |o| o.part == part);
        let lines = of(Part::Settles).chain(of(Part::NeedsSettle)).map(at_min);
        numbered(lines.collect())
    }

    /// Each operation, each operand at its limits and beyond, and lines that are wrong everywhere.
    pub fn systematic(&self) -> Vec<Script> {
        let mut texts = vec![vec![], vec![b"\xff".to_vec()], vec![b"nonsense".to_vec()]];
        texts.push(vec![vec![b' '; 65_536], vec![b' '; 65_537]]);
        // In the table's order most operations find what they need.
        let every: Vec<_> = self.table.iter().map(at_min).collect();
        texts.push(every.clone());
        for operation in self.table {
            texts.push(vec![at_min(operation)]);
            texts.push(vec![operation.word.clone().into()]);
            texts.push(vec![[&at_min(operation)[..], b" 1"].concat()]);
            for place in 0..operation.operands.len() {
                for bad in beyond(&operation.operands[place]) {
                    let mut words = words(operation, &|operand| operand.min);
                    words[place + 1] = bad;
                    texts.push(vec![words.join(" ").into_bytes()]);
                }
            }
        }
        let mut scripts: Vec<_> = texts.into_iter().map(|t| fixed(t, false)).collect();
        for operation in self.table {
            let heavy = operation.operands.iter().any(|o| o.max > CHEAP);
            for line in at_limits(operation) {
                scripts.push(fixed(vec![line.clone()], heavy));
                if !heavy {
                    scripts.push(fixed([&every[..], &[line]].concat(), false));
                }
            }
        }
        scripts
    }

    /// Scripts that look for the bounds of what a script may hold: they may take seconds.
    pub fn heavy(&self) -> Vec<Script> {
        let acts =
            |operation: &&Operation| !matches!(operation.part, Part::Settles | Part::NeedsSettle);
        let acting: Vec<&Operation> = self.table.iter().filter(acts).collect();
        let every: Vec<_> = acting.iter().map(|operation| at_min(operation)).collect();
        let mut scripts = Vec::new();
        for operation in &acting {
            for times in REPEATED {
                let mut lines = every.clone();
                if times == REPEATED[0] {
                    if operation.operands.iter().all(|o| o.kind != Kind::Whole) {
                        continue;
                    }
                    lines = vec![first_at_max(operation); times];
                    scripts.push(fixed(vec![at_max(operation); times], true));
                } else {
                    lines.extend(vec![at_min(operation); times]);
                }
                scripts.push(fixed(lines, true));
            }
        }
        let all: Vec<_> = acting
            .iter()
            .map(|operation| first_at_max(operation))
            .collect();
        scripts.push(fixed(vec![all; 6].concat(), true));
        scripts
    }

    /// A script with up to `max.0` lines that make things to work on, then up to `max.1` lines of all kinds.
    fn lines(
        &mut self,
        text: Text,
        max: (usize, usize),
        end: &BoxedStrategy<&'static [u8]>,
        heavy: bool,
    ) -> Script {
        let script = self.lines_and(text, max, end, Vec::new());
        Script { heavy, ..script }
    }

    /// The same with these as its last lines.
    fn lines_and(
        &mut self,
        text: Text,
        (first, max): (usize, usize),
        end: &BoxedStrategy<&'static [u8]>,
        last: Vec<Line>,
    ) -> Script {
        let lines = |text: Text, max: usize| {
            let line = (any::<u64>().no_shrink(), text, end.clone());
            vec(
                line.prop_map(|(tag, text, end)| Line { tag, text, end }),
                0..=max,
            )
        };
        let creates = |operation: &&Operation| {
            operation.part == Part::None && operation.operands.iter().all(|o| o.kind != Kind::Id)
        };
        let first_ones = self.table.iter().filter(creates);
        let makers: Vec<Text> = first_ones
            .map(|o| line(o, &|operand| self.operand(operand)))
            .collect();
        let both = if makers.is_empty() {
            lines(text, max).boxed()
        } else {
            let both = (lines(Union::new(makers).boxed(), first), lines(text, max));
            both.prop_map(|(first, then)| [first, then].concat())
                .boxed()
        };
        let all = both.prop_map(move |lines| [&lines[..], &last].concat());
        let tree = all.boxed().new_tree(&mut self.runner);
        Script::new(tree.expect("nothing is filtered"), false)
    }

    /// Lines of the table's operations, some more often in this script, some never.
    fn mixture(
        &self,
        mut weights: fastrand::Rng,
        operand: &dyn Fn(&Operand) -> BoxedStrategy<String>,
    ) -> Text {
        let settle = self.table.iter().find(|o| o.part == Part::Settles);
        let mut choices = Vec::new();
        for operation in self.table.iter().filter(|o| o.part != Part::Settles) {
            let text = line(operation, operand);
            let weight = [0, 1, 1, 2, 5][weights.usize(..5)];
            if weight == 0 {
                continue;
            }
            match settle {
                // The question comes with what it needs, and without.
                Some(settle) if operation.part == Part::NeedsSettle => {
                    let before = settle.word.clone() + "\n";
                    let both = text
                        .clone()
                        .prop_map(move |text| [before.as_bytes(), &text].concat());
                    choices.push((weight * 2, both.boxed()));
                    choices.push((weight, text));
                }
                _ => choices.push((weight * 3, text)),
            }
        }
        if choices.is_empty() {
            let all = self
                .table
                .iter()
                .map(|operation| (1, line(operation, operand)));
            choices.extend(all);
        }
        Union::new_weighted(choices).boxed()
    }

    /// An operand as a sensible script has it.
    fn operand(&self, operand: &Operand) -> BoxedStrategy<String> {
        let (min, max) = (operand.min, operand.max);
        let up_to = |above: i64| min.max(-above)..=max.min(min.max(0).saturating_add(above));
        match operand.kind {
            Kind::Name => {
                let longest = "n".repeat(max as usize);
                prop_oneof![
                    40 => proptest::sample::select(self.used.clone()),
                    4 => "[A-Za-z0-9_-]{1,3}",
                    1 => Just(longest),
                ]
                .boxed()
            }
            Kind::Id => prop_oneof![
                12 => up_to(2),
                8 => up_to(6),
                2 => up_to(30),
                1 => up_to(400),
            ]
            .prop_map(|number| number.to_string())
            .boxed(),
            Kind::Whole | Kind::Signed => {
                let limit = if max <= 10_000 { max } else { min };
                let powers = (0..=12_u32).prop_map(move |power| max.min(1 << power).max(min));
                let number = prop_oneof![
                    40 => up_to(4),
                    30 => up_to(20),
                    10 => up_to(300),
                    1 => up_to(5000 / (1 + i64::from(max > 1_000_000))),
                    20 => powers,
                    1 => Just(limit),
                    1 => Just(min),
                ];
                number.prop_map(|number| number.to_string()).boxed()
            }
        }
    }

    /// Lines that no topic can perform, and some that only look so.
    fn broken(&self) -> Text {
        let wrong = [
            "x", "-1", "+1", "+5", "-0", "007", "0x10", "1_000", "1.5", "-", "+", "\"", "\\",
        ];
        let odd = [
            "99999999999999999999",
            "9223372036854775808",
            "١",
            "ä",
            "\u{a0}1",
            "\u{b}1",
            "a/b",
        ];
        let texts = [&wrong[..], &odd].concat();
        let words: Vec<String> = self.table.iter().map(|o| o.word.clone()).collect();
        let word = proptest::sample::select(words);
        let operands = vec(proptest::sample::select(texts), 0..4);
        let long = (
            65_530..65_540_usize,
            proptest::sample::select(b" #\tx\xc3".to_vec()),
        );
        prop_oneof![
            4 => vec(any::<u8>(), 0..40),
            2 => "[a-zA-Z]{1,8}".prop_map(String::into_bytes),
            6 => (word.clone(), operands)
                .prop_map(|(word, operands)| format!("{word} {}", operands.join(" ")).into_bytes()),
            2 => word.prop_map(|word| format!("\t {word} # said").into_bytes()),
            2 => "[ \t]{0,3}(#.{0,8})?".prop_map(String::into_bytes),
            1 => long.prop_map(|(length, byte)| vec![byte; length]),
        ]
        .boxed()
    }
}

#[cfg(test)]
mod tests;

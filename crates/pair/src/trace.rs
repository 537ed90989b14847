// Twin: go/pair/trace.go

//! `replay --trace`: what becomes of each value, line by line.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, BufRead},
    mem,
};

use serde_json::{Value, json};

use crate::{Operation, Out, Replay, Script, Stop, Tally, reason, settle};

/// Largest number of values in the record of a line: the newest ones.
pub const MAX_REPORTED: usize = 30;

/// Largest number of values whose links are reported.
pub const MAX_LINKED: usize = 1000;

/// The kinds of a link: only a strong one keeps a value alive.
const STRONG: &str = "strong";
const WEAK: &str = "weak";

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Alive,
    /// A collection would free it.
    Garbage,
    Freed,
    /// Nothing reaches it, and no collection frees it.
    Leaked,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Alive => "alive",
            State::Garbage => "garbage",
            State::Freed => "freed",
            State::Leaked => "leaked",
        }
    }
}

/// What keeps the values of a script alive: those that it holds itself, and the links between them.
#[derive(Debug, Default)]
pub struct Links {
    held: Vec<usize>,
    /// Names of holders, each with the value that it holds.
    holders: Vec<(String, usize)>,
    /// Links between values.
    between: Vec<(usize, usize, &'static str)>,
}

impl Links {
    /// The script itself holds the value of this number.
    pub fn hold(&mut self, number: usize) {
        self.held.push(number);
    }

    /// The script holds the value of this number through something that is no value, such as a worker.
    pub fn hold_through(&mut self, holder: String, number: usize) {
        self.hold(number);
        self.holders.push((holder, number));
    }

    /// One value keeps another alive.
    pub fn strong(&mut self, from: usize, to: usize) {
        self.between.push((from, to, STRONG));
    }

    /// One value knows another, and does not keep it alive.
    pub fn weak(&mut self, from: usize, to: usize) {
        self.between.push((from, to, WEAK));
    }

    /// Which of the first values the script reaches, by their numbers.
    fn reach(&self, made: usize) -> Vec<bool> {
        let mut next = vec![Vec::new(); made + 1];
        for &(from, to, _) in self.between.iter().filter(|link| link.2 == STRONG) {
            next[from].push(to);
        }
        let mut reached = vec![false; made + 1];
        let mut rest = self.held.clone();
        while let Some(number) = rest.pop() {
            if !mem::replace(&mut reached[number], true) {
                rest.append(&mut next[number]);
            }
        }
        reached
    }
}

/// Values that a collection frees, and the line behind which it first does, in the order of lines.
pub(crate) type Found = Vec<(usize, usize)>;

/// The trace of one replay.
pub(crate) struct Trace {
    tally: Tally,
    /// What the topic prints.
    printed: Out,
    /// Where lines are reported; without it, the replay only looks for garbage.
    out: Option<Out>,
    garbage: Found,
    /// The line that was read last.
    line: Option<(usize, String)>,
    /// Whether the topic counts its values.
    counts: bool,
    states: Vec<State>,
    names: Vec<String>,
    /// How many values have each name.
    uses: HashMap<String, usize>,
    links: Option<Links>,
    /// Whether the script is over, and reaches nothing any more.
    over: bool,
    figures: BTreeMap<&'static str, usize>,
    look: Option<Look>,
}

/// Reports freed values to a tally, where the values do not report this themselves.
pub type Look = Box<dyn FnMut(&Tally)>;

/// Performs a script and reports each line of it as one JSON object. The replay that is reported is the
/// second one. The first one collects behind each line, and so finds what is garbage there.
pub fn replay(
    reader: &mut dyn BufRead,
    source: &str,
    operations: &'static [Operation],
    perform: Replay,
    out: &Out,
) -> Result<(), Stop> {
    let mut text = Vec::new();
    let unread =
        |error: io::Error| Stop::Usage(format!("cannot read {source}: {}", reason(&error)));
    reader.read_to_end(&mut text).map_err(unread)?;
    let run = |out, garbage| -> Result<_, Stop> {
        let trace = Trace::new(out, garbage);
        let printed = trace.printed().clone();
        let mut reader = text.as_slice();
        let mut script = Script::traced(&mut reader, source.to_owned(), operations, trace);
        let ended = perform(&mut script, &printed);
        Ok((script.end_trace()?, ended))
    };
    let (garbage, first) = run(None, Vec::new())?;
    let (_, second) = run(Some(out.clone()), garbage)?;
    if first != second {
        let what = "a script that is performed twice does not end in the same way";
        return Err(Stop::Failed(what.to_owned()));
    }
    second
}

impl Trace {
    fn new(out: Option<Out>, garbage: Found) -> Self {
        Trace {
            tally: Tally::traced(),
            printed: Out::memory(),
            out,
            garbage,
            line: None,
            counts: false,
            states: Vec::new(),
            names: Vec::new(),
            uses: HashMap::new(),
            links: None,
            over: false,
            figures: BTreeMap::new(),
            look: None,
        }
    }

    /// Where the topic prints.
    pub fn printed(&self) -> &Out {
        &self.printed
    }

    /// The tally of the topic's values.
    pub fn tally(&mut self) -> Tally {
        self.counts = true;
        self.tally.clone()
    }

    /// Says how to look for what was freed.
    pub fn look(&mut self, look: Look) {
        self.look = Some(look);
    }

    /// Draws what keeps values alive now, unless there are too many.
    pub fn link(&mut self, draw: impl FnOnce(&mut Links)) {
        self.links = None;
        if self.out.is_some() && self.tally.made() <= MAX_LINKED {
            let links = self.links.insert(Links::default());
            draw(links);
            links.held.sort_unstable();
            links.held.dedup();
        }
    }

    /// Adds to a figure of this line, if one was read.
    pub fn figure(&mut self, name: &'static str, value: usize) {
        if self.line.is_some() {
            *self.figures.entry(name).or_default() += value;
        }
    }

    /// A line was read.
    pub fn begin_line(&mut self, number: usize, text: &str) {
        self.line = Some((number, text.to_owned()));
    }

    /// The line that was read is done, or there was none yet.
    pub fn end_line(&mut self) -> Result<(), Stop> {
        match self.line.take() {
            None => Ok(()),
            Some((number, text)) => self.report(number, Some(&text)),
        }
    }

    /// The script is over behind this line, and holds nothing any more. Returns the garbage.
    pub fn end(mut self, line: usize) -> Result<Found, Stop> {
        let (number, text) = self.line.take().unzip();
        self.over = true;
        self.links = self.links.take().map(|_| Links::default());
        self.report(number.unwrap_or(line + 1), text.as_deref())?;
        Ok(self.garbage)
    }

    fn report(&mut self, number: usize, text: Option<&str>) -> Result<(), Stop> {
        let Some(out) = self.out.clone() else {
            settle();
            let freed = self.take_freed().into_iter();
            self.garbage.extend(freed.map(|value| (number, value)));
            self.printed.take();
            self.figures.clear();
            return Ok(());
        };
        self.update(number);
        let printed = self.printed.take();
        let printed = String::from_utf8_lossy(&printed);
        let output: Vec<_> = printed.lines().collect();
        let mut record = vec![
            ("line", json!(number)),
            ("text", json!(text)),
            ("output", json!(output)),
        ];
        if self.counts {
            self.report_values(&mut record);
        }
        if !self.figures.is_empty() {
            record.push(("figures", json!(mem::take(&mut self.figures))));
        }
        let fields = record
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"));
        out.line(format_args!("{{{}}}", fields.collect::<Vec<_>>().join(",")));
        out.check()
    }

    fn take_freed(&mut self) -> Vec<usize> {
        if let Some(look) = &mut self.look {
            look(&self.tally);
        }
        self.tally.take_freed()
    }

    /// Finds the states behind this line.
    fn update(&mut self, line: usize) {
        self.name_values();
        let garbage = self.garbage.iter().take_while(|found| found.0 <= line);
        let garbage = garbage.count();
        for (_, value) in self.garbage.drain(..garbage) {
            self.states[value - 1] = State::Garbage;
        }
        for value in self.take_freed() {
            self.states[value - 1] = State::Freed;
        }
        let nothing = self.over.then(Links::default);
        let Some(links) = self.links.as_ref().or(nothing.as_ref()) else {
            return;
        };
        let reached = links.reach(self.states.len());
        for (state, reached) in self.states.iter_mut().zip(&reached[1..]) {
            if *state == State::Alive && !reached {
                *state = State::Leaked;
            }
        }
    }

    /// Names the values that are new: as they were called, or by their number. The second one that is
    /// called `a` is `a:2`.
    fn name_values(&mut self) {
        for name in self.tally.names_after(self.names.len()) {
            let name = if name.is_empty() {
                (self.names.len() + 1).to_string()
            } else {
                let uses = self.uses.entry(name.clone()).or_default();
                *uses += 1;
                match uses {
                    1 => name,
                    uses => format!("{name}:{uses}"),
                }
            };
            self.names.push(name);
            self.states.push(State::Alive);
        }
    }

    /// Reports the number of values in each state, the newest values, and what keeps them alive.
    fn report_values(&self, record: &mut Vec<(&'static str, Value)>) {
        let count = |state: State| self.states.iter().filter(|other| **other == state).count();
        let counts = [State::Alive, State::Freed, State::Garbage, State::Leaked];
        let counts = counts.map(|state| (state.name().to_owned(), json!(count(state))));
        record.push(("counts", Value::Object(counts.into_iter().collect())));

        let first = self.states.len().saturating_sub(MAX_REPORTED);
        let object = |(name, state): (&String, &State)| json!({"id": name, "state": state.name()});
        let objects = self.names.iter().zip(&self.states).skip(first);
        record.push(("objects", objects.map(object).collect()));

        if let Some(links) = &self.links {
            let name = |number: usize| (number > first).then(|| &self.names[number - 1]);
            let held = links.held.iter().filter_map(|held| name(*held));
            record.push(("held", held.map(|name| json!(name)).collect()));
            let through = |(holder, to): &(String, usize)| {
                Some(json!({"from": holder, "kind": STRONG, "to": name(*to)?}))
            };
            let through = links.holders.iter().filter_map(through);
            let link = |&(from, to, kind): &(usize, usize, &str)| {
                Some(json!({"from": name(from)?, "kind": kind, "to": name(to)?}))
            };
            let links = through.chain(links.between.iter().filter_map(link));
            record.push(("links", links.collect()));
        }
    }
}

//! A third opinion: two languages can share a mistake, so each topic with a state has a deliberately
//! simple model here. It shares no code with the programs, not even the reader of scripts.

mod allocation;
mod allocator;
mod cycles;
mod deadline;
mod destruction;
mod escape;
mod footprint;
mod leaks;
mod pauses;
mod reclaim;
mod server;
mod sharing;

use super::{
    both::Answer,
    table::{Kind, Operand, Operation, Part},
    values::{Names, Values, numbered},
};

/// What a script may hold, and how long a line may be.
const OBJECTS: u64 = 1_000_000;
const BYTES: u64 = 256 << 20;
const LINE: usize = 64 << 10;

/// Why a script ends before its last line.
pub enum End {
    /// A line is refused, for this reason.
    Refused(String),
    /// The line is beyond the model, mostly because it is too large.
    Beyond,
    /// Nobody told the model what this operation does.
    Unknown,
}

/// What a model says to a script.
#[derive(Debug)]
pub enum Opinion {
    /// What both programs have to say.
    Says(Answer),
    /// Nothing: the script is beyond the model, or the topic has none.
    None,
    /// It has no line for this operation.
    Unknown(String),
}

/// A topic's model.
trait Model: Fork {
    /// Performs a line that is well formed.
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End>;
    /// What still happens at the end of the script.
    fn end(&mut self, _: &mut World) {}
    /// The values made so far, if the topic counts them one by one.
    fn values(&self) -> Option<Values> {
        None
    }
    /// Operands that make sense now: what lives, what fits. The operand is told by its operation and
    /// its place, from 0.
    fn sensible(&self, _word: &str, _place: usize) -> Vec<String> {
        Vec::new()
    }
}

/// A model can be copied as it is now.
trait Fork {
    /// The copy.
    fn fork(&self) -> Box<dyn Model>;
}

impl<T: Model + Clone + 'static> Fork for T {
    fn fork(&self) -> Box<dyn Model> {
        Box::new(self.clone())
    }
}

/// A line that is well formed.
struct Line<'a> {
    word: &'a str,
    numbers: Vec<i64>,
    names: Vec<&'a str>,
}

impl Line<'_> {
    fn whole(&self, place: usize) -> u64 {
        self.numbers[place] as u64
    }
}

/// What a model prints and holds.
#[derive(Default, Clone)]
struct World {
    printed: String,
    settles: bool,
    held: [u64; 2],
    let_go: [u64; 2],
    /// A line that makes more objects is beyond the model, if it is not refused; and how many more this
    /// one may make.
    patience: Option<(u64, u64)>,
}

impl World {
    fn say(&mut self, line: impl AsRef<str>) {
        self.printed += line.as_ref();
        self.printed += "\n";
    }

    fn hold(&mut self, objects: u64, bytes: u64) -> Result<(), End> {
        if self.held[0] + self.let_go[0] + objects > OBJECTS {
            return refused(too_many(0));
        }
        if self.held[1] + self.let_go[1] + bytes > BYTES {
            return refused(too_many(1));
        }
        if let Some((_, left)) = &mut self.patience {
            *left = left.checked_sub(objects).ok_or(End::Beyond)?;
        }
        self.held[0] += objects;
        self.held[1] += bytes;
        Ok(())
    }

    fn let_go(&mut self, objects: u64, bytes: u64) {
        self.held[0] -= objects;
        self.held[1] -= bytes;
        if self.settles {
            self.let_go[0] += objects;
            self.let_go[1] += bytes;
        }
    }
}

/// Why a line is refused that would hold too many objects, 0, or bytes, 1.
pub fn too_many(kind: usize) -> String {
    let (limit, what) = [(OBJECTS, "objects"), (BYTES, "bytes")][kind];
    format!("more than {limit} {what} alive")
}

/// Some of what lives, as operands: the first and the last ones.
fn some<T: ToString>(living: impl DoubleEndedIterator<Item = T> + Clone) -> Vec<String> {
    const MAX: usize = 12;
    let mut some: Vec<T> = living.clone().take(MAX).collect();
    some.extend(living.rev().take(MAX));
    some.iter().map(ToString::to_string).collect()
}

fn refused<T>(what: impl Into<String>) -> Result<T, End> {
    Err(End::Refused(what.into()))
}

fn not_alive<T>(id: i64) -> Result<T, End> {
    refused(format!("{id} is not alive"))
}

/// Words with blanks between, or `none`.
fn list<T: ToString>(words: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
    if words.is_empty() {
        return "none".to_owned();
    }
    words.join(" ")
}

/// Whether a topic has a model.
pub fn is_there(topic: &str) -> bool {
    of(topic).is_some()
}

fn of(topic: &str) -> Option<Box<dyn Model>> {
    Some(match topic {
        "allocation" => Box::<allocation::Sum>::default(),
        "allocator" => Box::<allocator::Arena>::default(),
        "cycles" => Box::<cycles::Forest>::default(),
        "deadline" => Box::<deadline::Desk>::default(),
        "destruction" => Box::<destruction::Desk>::default(),
        "escape" => Box::<escape::Formulas>::default(),
        "footprint" => Box::<footprint::List>::default(),
        "leaks" => Box::<leaks::Caches>::default(),
        "pauses" => Box::<pauses::Sessions>::default(),
        "reclaim" => Box::<reclaim::Window>::default(),
        "server" => Box::<server::Site>::default(),
        "sharing" => Box::<sharing::Shop>::default(),
        _ => return None,
    })
}

/// What both programs have to say to a script.
pub fn answer(topic: &str, table: &[Operation], script: &[u8]) -> Opinion {
    let Some(mut session) = Session::new(topic, table) else {
        return Opinion::None;
    };
    let mut lines: Vec<&[u8]> = script.split(|&byte| byte == b'\n').collect();
    lines.pop_if(|last| last.is_empty());
    let mut stderr = String::new();
    for (number, raw) in (1..).zip(lines) {
        match session.perform(raw) {
            Ok(()) => {}
            Err(End::Beyond) => return Opinion::None,
            Err(End::Unknown) => return Opinion::Unknown(session.word),
            Err(End::Refused(what)) => {
                stderr = format!("error: line {number}: {what}\n");
                break;
            }
        }
    }
    session.model.end(&mut session.world);
    Opinion::Says(Answer::Said {
        code: if stderr.is_empty() { 0 } else { 2 },
        stdout: session.world.printed.into_bytes(),
        stderr: stderr.into_bytes(),
    })
}

/// A script that the model performs line by line.
pub struct Session<'a> {
    table: &'a [Operation],
    model: Box<dyn Model>,
    world: World,
    unsettled: bool,
    /// The operation that was performed last.
    word: String,
}

impl<'a> Session<'a> {
    /// A session that nothing was said to; none if the topic has no model.
    pub fn new(topic: &str, table: &'a [Operation]) -> Option<Self> {
        Some(Session {
            table,
            model: of(topic)?,
            world: World {
                settles: table.iter().any(|o| o.part == Part::Settles),
                ..World::default()
            },
            unsettled: false,
            word: String::new(),
        })
    }

    /// Takes no line that makes more objects than this: it would take too long.
    pub fn with_patience(mut self, most: u64) -> Self {
        self.world.patience = Some((most, most));
        self
    }

    /// A session that goes on from here without changing this one. What was printed is left out.
    pub fn fork(&self) -> Self {
        Session {
            table: self.table,
            model: self.model.fork(),
            world: World {
                printed: String::new(),
                ..self.world
            },
            unsettled: self.unsettled,
            word: String::new(),
        }
    }

    /// What was printed since the last time.
    pub fn take_printed(&mut self) -> String {
        std::mem::take(&mut self.world.printed)
    }

    /// Performs a line. Behind an error the session is of no use.
    pub fn perform(&mut self, raw: &[u8]) -> Result<(), End> {
        let line = read(raw, self.table, &mut self.unsettled, &mut self.world)?;
        let Some(line) = line else {
            return Ok(());
        };
        line.word.clone_into(&mut self.word);
        if let Some((most, left)) = &mut self.world.patience {
            *left = *most;
        }
        self.model.perform(&line, &mut self.world)
    }

    /// The values made so far, if the topic counts them one by one.
    pub fn values(&self) -> Option<Values> {
        self.model.values()
    }

    /// Operands that make sense now.
    pub fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        self.model.sensible(word, place)
    }

    /// How many objects and bytes count, and how many may.
    pub fn used(&self) -> [(u64, u64); 2] {
        let used = |kind: usize| self.world.held[kind] + self.world.let_go[kind];
        [(used(0), OBJECTS), (used(1), BYTES)]
    }
}

fn read<'a>(
    raw: &'a [u8],
    table: &[Operation],
    unsettled: &mut bool,
    world: &mut World,
) -> Result<Option<Line<'a>>, End> {
    let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
    if raw.len() > LINE {
        return refused(format!("longer than {LINE} bytes"));
    }
    let Ok(text) = str::from_utf8(raw) else {
        return refused("not UTF-8");
    };
    let said = text.split_once('#').map_or(text, |(said, _)| said);
    let words: Vec<&str> = said.split([' ', '\t']).filter(|w| !w.is_empty()).collect();
    let Some((&first, given)) = words.split_first() else {
        return Ok(None);
    };
    let Some(operation) = table.iter().find(|o| o.word == first) else {
        return refused(format!("unknown operation {}", quoted(first)));
    };
    if given.len() != operation.operands.len() {
        let names = operation.operands.iter().map(|o| o.name.as_str());
        let usage: Vec<&str> = [first].into_iter().chain(names).collect();
        return refused(format!("usage: {}", usage.join(" ")));
    }
    let mut line = Line {
        word: first,
        numbers: Vec::new(),
        names: Vec::new(),
    };
    for (operand, text) in operation.operands.iter().zip(given) {
        check(operand, text, &mut line)
            .or_else(|what| refused(format!("{}: {} is not {what}", operand.name, quoted(text))))?;
    }
    match operation.part {
        Part::LetsGo => *unsettled = true,
        Part::NeedsSettle if *unsettled => {
            let settle = table.iter().find(|o| o.part == Part::Settles);
            let settle = settle.map_or("", |o| &o.word);
            return refused(format!("\"{first}\" needs \"{settle}\" first"));
        }
        Part::Settles => {
            *unsettled = false;
            world.let_go = [0, 0];
        }
        _ => {}
    }
    Ok(Some(line))
}

/// Adds an operand to the line, or says what it is not.
fn check<'a>(operand: &Operand, text: &'a str, line: &mut Line<'a>) -> Result<(), String> {
    if operand.kind == Kind::Name {
        if text.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-') {
            return Err("a name of letters, digits, \"_\" and \"-\"".to_owned());
        }
        if text.len() as i64 > operand.most {
            return Err(format!("at most {} letters long", operand.most));
        }
        line.names.push(text);
        return Ok(());
    }
    let digits = match operand.kind {
        Kind::Signed => text.strip_prefix(['+', '-']).unwrap_or(text),
        _ => text,
    };
    if digits.is_empty() || digits.contains(|c: char| !c.is_ascii_digit()) {
        return Err("a whole number".to_owned());
    }
    let size: i128 = digits
        .trim_start_matches('0')
        .chars()
        .take(20)
        .fold(0, |sum, digit| sum * 10 + i128::from(digit as u8 - b'0'));
    let number = if text.starts_with('-') { -size } else { size };
    if number < i128::from(operand.least) || number > i128::from(operand.most) {
        return Err(format!("in {}..{}", operand.least, operand.most));
    }
    line.numbers.push(number as i64);
    Ok(())
}

/// Text in quotes, byte by byte.
fn quoted(text: &str) -> String {
    let shown = text.bytes().take(256).map(|byte| match byte {
        b'"' => "\\\"".to_owned(),
        b'\\' => "\\\\".to_owned(),
        32..127 => char::from(byte).to_string(),
        other => format!("\\x{other:02x}"),
    });
    let more = if text.len() > 256 { "..." } else { "" };
    format!("\"{}\"{more}", shown.collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::difftest::table;
    use lab_workspace::project::Project;

    #[test]
    fn every_model_belongs_to_a_topic() {
        let project = Project::find().expect("tests run inside the project");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/difftest/model");
        for entry in fs::read_dir(folder).expect("the models") {
            let path = entry.expect("a model").path();
            let name = path.file_stem().expect("a name").to_string_lossy();
            assert!(is_there(&name), "{name} is not used");
            assert!(project.topic(&name).is_ok(), "{name} is no topic");
        }
    }

    #[test]
    fn an_operation_without_a_line_is_told_and_not_taken_for_a_large_script() {
        let chain = "chain\tLENGTH:whole:1..9999\t-\tmakes\ndrop\tROOT:id:1..9\tlets go\tdrops\n";
        let table = format!("node\t-\t-\tmakes\n{chain}turn\t-\t-\tturns\n");
        let table = table::read(&table).expect("a table");
        let ask = |script: &str| answer("cycles", &table, script.as_bytes());
        assert!(matches!(ask("node\n"), Opinion::Says(_)));
        assert!(matches!(ask("node\nturn\n"), Opinion::Unknown(word) if word == "turn"));
        assert!(matches!(ask("chain 9999\ndrop 1\n"), Opinion::None));
        assert!(matches!(answer("thirteenth", &table, b""), Opinion::None));
    }
}

// Twin: go/pair/script.go

use std::io::BufRead;

use crate::{
    Kind, Links, Operand, Operation, Out, Part, Stop, Tally,
    heap::Heap,
    quote, reason, settle,
    trace::{Found, Trace},
};

/// The longest line, in bytes, without its end.
pub const MAX_LINE: usize = 64 << 10;

/// How many objects a script may keep alive.
pub const MAX_OBJECTS: usize = 1_000_000;

/// How many bytes a script may keep alive.
pub const MAX_BYTES: usize = 256 << 20;

/// A script of operations, read line by line by the topic that performs it.
pub struct Script<'a> {
    reader: &'a mut dyn BufRead,
    source: String,
    out: Out,
    operations: &'static [Operation],
    line: usize,
    unsettled: bool,
    held: Amount,
    released: Amount,
    trace: Option<Trace>,
}

#[derive(Default, Clone, Copy)]
struct Amount {
    objects: usize,
    bytes: usize,
}

/// One line: an operation with its operands.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// The operation's word.
    pub word: &'static str,
    operands: Vec<Value>,
}

#[derive(Debug, PartialEq, Eq)]
enum Value {
    Number(i64),
    Name(String),
}

impl Line {
    /// The operand at this place, which has no sign.
    pub fn whole(&self, place: usize) -> usize {
        self.signed(place) as usize
    }

    /// The operand at this place, a number.
    pub fn signed(&self, place: usize) -> i64 {
        match &self.operands[place] {
            Value::Number(number) => *number,
            Value::Name(_) => panic!("operand {place} of {} is a name", self.word),
        }
    }

    /// The operand at this place, a name.
    pub fn name(&self, place: usize) -> &str {
        match &self.operands[place] {
            Value::Name(name) => name,
            Value::Number(_) => panic!("operand {place} of {} is a number", self.word),
        }
    }
}

impl<'a> Script<'a> {
    /// A script from a reader; `source` names it in an error.
    pub fn new(
        reader: &'a mut dyn BufRead,
        source: String,
        operations: &'static [Operation],
        out: &Out,
    ) -> Self {
        Script {
            reader,
            source,
            out: out.clone(),
            operations,
            line: 0,
            unsettled: false,
            held: Amount::default(),
            released: Amount::default(),
            trace: None,
        }
    }

    /// A script whose lines a trace reports, which also takes what is printed.
    pub(crate) fn traced(
        reader: &'a mut dyn BufRead,
        source: String,
        operations: &'static [Operation],
        trace: Trace,
    ) -> Self {
        let script = Script::new(reader, source, operations, trace.printed());
        Script {
            trace: Some(trace),
            ..script
        }
    }

    /// Ends the trace; returns what it found to be garbage.
    pub(crate) fn end_trace(self) -> Result<Found, Stop> {
        let line = self.line;
        self.trace.map_or(Ok(Vec::new()), |trace| trace.end(line))
    }

    /// A tally for the values of this script; a trace reports what became of each of them.
    pub fn tally(&mut self) -> Tally {
        self.trace.as_mut().map_or_else(Tally::new, Trace::tally)
    }

    /// Reports to a trace what keeps values alive now: what the script itself holds, and links between values.
    pub fn link(&mut self, draw: impl FnOnce(&mut Links)) {
        if let Some(trace) = &mut self.trace {
            trace.link(draw);
        }
    }

    /// Shows a trace how to look for freed values, where these do not report it themselves.
    pub fn look(&mut self, look: impl FnMut(&Tally) + 'static) {
        if let Some(trace) = &mut self.trace {
            trace.look(Box::new(look));
        }
    }

    /// Whether a trace reports the lines of this script.
    pub fn is_traced(&self) -> bool {
        self.trace.is_some()
    }

    /// Reports a figure of this line to a trace, where the topic has no values that are counted one by one.
    pub fn figure(&mut self, name: &'static str, value: usize) {
        if let Some(trace) = &mut self.trace {
            trace.figure(name, value);
        }
    }

    /// Does work, and reports to a trace what it asked of the heap.
    pub fn heap<R>(&mut self, work: impl FnOnce() -> R) -> R {
        let before = Heap::now();
        let result = work();
        let Heap {
            allocations,
            allocated,
            ..
        } = Heap::now().since(before);
        self.figure("allocations", allocations);
        self.figure("bytes", allocated);
        result
    }

    /// The next line that says something, or none at the end.
    pub fn read_line(&mut self) -> Result<Option<Line>, Stop> {
        loop {
            self.out.check()?;
            if let Some(trace) = &mut self.trace {
                trace.end_line()?;
            }
            let Some(raw) = self.read_raw()? else {
                return Ok(None);
            };
            let text = str::from_utf8(&raw).map_err(|_| self.refuse("not UTF-8"))?;
            if let Some(trace) = &mut self.trace {
                trace.begin_line(self.line, text);
            }
            let said = text.split('#').next().unwrap_or_default();
            let mut words = said.split([' ', '\t']).filter(|word| !word.is_empty());
            if let Some(word) = words.next() {
                return self.parse(word, &words.collect::<Vec<_>>()).map(Some);
            }
        }
    }

    /// The error that ends a script at the line read last.
    pub fn refuse(&self, what: impl Into<String>) -> Stop {
        Stop::Refused {
            line: self.line,
            what: what.into(),
        }
    }

    /// Refuses a line that names something that is not alive.
    pub fn not_alive(&self, id: usize) -> Stop {
        self.refuse(format!("{id} is not alive"))
    }

    /// Refuses a word that the topic does not know.
    pub fn unknown(&self, word: &str) -> Stop {
        self.refuse(format!("unknown operation {}", quote(word.as_bytes())))
    }

    /// Counts what the line read last will keep alive, or refuses the line.
    pub fn hold(&mut self, objects: usize, bytes: usize) -> Result<(), Stop> {
        let sum = |a: usize, b: usize, c: usize| a.saturating_add(b).saturating_add(c);
        if sum(self.held.objects, self.released.objects, objects) > MAX_OBJECTS {
            return Err(self.refuse(format!("more than {MAX_OBJECTS} objects alive")));
        }
        if sum(self.held.bytes, self.released.bytes, bytes) > MAX_BYTES {
            return Err(self.refuse(format!("more than {MAX_BYTES} bytes alive")));
        }
        self.held.objects += objects;
        self.held.bytes += bytes;
        Ok(())
    }

    /// Counts what is no longer held; it is counted until `settle`, where the topic has one.
    pub fn release(&mut self, objects: usize, bytes: usize) {
        self.held.objects -= objects;
        self.held.bytes -= bytes;
        if self.settling().is_some() {
            self.released.objects += objects;
            self.released.bytes += bytes;
        }
    }

    fn settling(&self) -> Option<&'static str> {
        let settles = |operation: &&Operation| operation.part == Part::Settles;
        self.operations.iter().find(settles).map(|o| o.word)
    }

    fn parse(&mut self, word: &str, words: &[&str]) -> Result<Line, Stop> {
        let known = |operation: &&Operation| operation.word == word;
        let operation = self
            .operations
            .iter()
            .find(known)
            .ok_or_else(|| self.unknown(word))?;
        if words.len() != operation.operands.len() {
            return Err(self.refuse(format!("usage: {}", operation.usage())));
        }
        let operands = operation
            .operands
            .iter()
            .zip(words)
            .map(|(operand, text)| value(operand, text).map_err(|what| self.refuse(what)))
            .collect::<Result<_, _>>()?;
        match operation.part {
            Part::None => {}
            Part::Releases => self.unsettled = true,
            Part::NeedsSettle => {
                if let (true, Some(settling)) = (self.unsettled, self.settling()) {
                    return Err(self.refuse(format!("\"{word}\" needs \"{settling}\" first")));
                }
            }
            Part::Settles => {
                settle();
                self.unsettled = false;
                self.released = Amount::default();
            }
        }
        Ok(Line {
            word: operation.word,
            operands,
        })
    }

    /// The next line without its end.
    fn read_raw(&mut self) -> Result<Option<Vec<u8>>, Stop> {
        let mut raw = Vec::new();
        let mut ended = false;
        while !ended {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    let reason = reason(&error);
                    return Err(Stop::Usage(format!(
                        "cannot read {}: {reason}",
                        self.source
                    )));
                }
            };
            if chunk.is_empty() {
                if raw.is_empty() {
                    return Ok(None);
                }
                break;
            }
            let end = chunk.iter().position(|&byte| byte == b'\n');
            let line = &chunk[..end.unwrap_or(chunk.len())];
            raw.extend_from_slice(line);
            let used = line.len() + usize::from(end.is_some());
            ended = end.is_some();
            self.reader.consume(used);
            // One byte more than the limit may still be the carriage return of the line's end.
            if raw.len() > MAX_LINE + 1 {
                break;
            }
        }
        self.line += 1;
        if raw.last() == Some(&b'\r') {
            raw.pop();
        }
        if raw.len() > MAX_LINE {
            return Err(self.refuse(format!("longer than {MAX_LINE} bytes")));
        }
        Ok(Some(raw))
    }
}

/// What an operand's text says, or what is wrong with it.
fn value(operand: &Operand, text: &str) -> Result<Value, String> {
    let quoted = quote(text.as_bytes());
    let is_not = |what: &str| Err(format!("{}: {quoted} is not {what}", operand.name));
    let range = operand.min..=operand.max;
    if operand.kind == Kind::Name {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !text.bytes().all(plain) {
            return is_not("a name of letters, digits, \"_\" and \"-\"");
        }
        if !range.contains(&(text.len() as i64)) {
            return is_not(&format!("at most {} letters long", operand.max));
        }
        return Ok(Value::Name(text.to_owned()));
    }
    let sign = operand.kind == Kind::Signed && text.starts_with(['+', '-']);
    let digits = &text[usize::from(sign)..];
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return is_not("a whole number");
    }
    match text.parse() {
        Ok(number) if range.contains(&number) => Ok(Value::Number(number)),
        _ => is_not(&format!("in {}..{}", operand.min, operand.max)),
    }
}

// Twin: go/pair/help.go

use std::fmt::Write as _;

use crate::{
    Kind, MAX_BYTES, MAX_LINE, MAX_OBJECTS, Operand, Operation, Part, Stop, Topic,
    batch::MAX_SCRIPT,
    measure::{MAX_SAMPLES, USUAL_SAMPLES},
    nearest::find_nearest,
    quote::{SHOWN, quote},
    trace::{MAX_LINKED, MAX_REPORTED},
};

/// How the commands that every topic has are called, and what they do.
const COMMON: [(&str, &str); 9] = [
    ("demo", "shows what the pair teaches (the default)"),
    (
        "replay [FILE]",
        "performs the operations of FILE or of standard input",
    ),
    (
        "replay --batch [FILE]",
        "performs many scripts, one after another",
    ),
    (
        "replay --trace [FILE]",
        "shows after each line the state of every value",
    ),
    ("operations", "lists the operations of a script"),
    (
        "contrast",
        "prints the facts that differ between the languages",
    ),
    ("cases", "lists the measured cases"),
    (
        "measure CASE [--scale N] [--samples K]",
        "measures one of them",
    ),
    ("help [COMMAND]", "explains one command, or lists all"),
];

const DEMO: &str = "\
Shows what the pair teaches. Both languages print the same bytes.
";

const OPERATIONS: &str = "\
Lists the operations of a script, one a line, in four columns with tabs between:
  - the word
  - the operands, each as NAME:TYPE:MIN..MAX, or \"-\" where there are none;
    for a name MIN and MAX are its length
  - the part in settling: \"releases\", \"needs settle\", \"settles\" or \"-\"
  - what it does
";

const CONTRAST: &str = "\
Prints the facts that differ between the languages, one a line: name, tab, value.
";

const CASES: &str = "\
Lists the measured cases, one a line: name, tab, unit, tab, what it measures.
";

/// Every command of a topic: how it is called, what it does.
fn list_rows(topic: &Topic) -> Vec<(&str, &str)> {
    let own = topic.commands.iter().map(|c| (c.usage, c.says));
    COMMON.into_iter().chain(own).collect()
}

fn first_word(usage: &str) -> &str {
    usage.split(' ').next().unwrap_or_default()
}

/// All commands and operations of a topic.
pub fn list_commands(topic: &Topic) -> String {
    let mut rows = list_rows(topic);
    rows.push(("--help", "prints this help"));
    rows.push(("--version", "prints the version"));
    let mut text = format!(
        "{}\n\nUsage: {} [COMMAND]\n\nCommands:\n",
        topic.says, topic.name
    );
    write_table(&mut text, &rows);
    if !topic.operations.is_empty() {
        text += "\nOperations of a script, one a line, \"#\" starts a comment:\n";
        let usages: Vec<String> = topic.operations.iter().map(Operation::usage).collect();
        let says = topic.operations.iter().map(|operation| operation.says);
        let rows: Vec<(&str, &str)> = usages.iter().map(String::as_str).zip(says).collect();
        write_table(&mut text, &rows);
    }
    text
}

/// How a command is called, one way a line, behind a first word; nothing if the topic has no such command.
pub fn show_usage(topic: &Topic, command: &[u8], first: &str) -> Option<String> {
    let mut text = String::new();
    for (usage, _) in list_rows(topic) {
        if first_word(usage).as_bytes() == command {
            let before = if text.is_empty() { first } else { "" };
            let _ = writeln!(text, "{before:6} {} {usage}", topic.name);
        }
    }
    (!text.is_empty()).then_some(text)
}

/// Everything about one command.
pub fn explain_command(topic: &Topic, command: &[u8]) -> Result<String, Stop> {
    let usage =
        show_usage(topic, command, "Usage:").ok_or_else(|| refuse_command(topic, command))?;
    let mut text = usage + "\n";
    match command {
        b"demo" => text += DEMO,
        b"replay" => explain_replay(&mut text, topic),
        b"operations" => text += OPERATIONS,
        b"contrast" => text += CONTRAST,
        b"cases" => text += CASES,
        b"measure" => explain_measure(&mut text, topic),
        b"help" => text += "Explains one command, or lists all.\n",
        _ => {
            for own in topic.commands {
                if first_word(own.usage).as_bytes() == command {
                    let _ = writeln!(text, "It {}.", own.says);
                    write_table(&mut text, own.options);
                    if !own.operations.is_empty() {
                        text += "\nOperations:\n";
                    }
                    for operation in own.operations {
                        explain_operation(&mut text, operation);
                    }
                }
            }
        }
    }
    Ok(text)
}

/// Refuses a command that the topic does not have.
pub fn refuse_command(topic: &Topic, command: &[u8]) -> Stop {
    let names = list_rows(topic)
        .into_iter()
        .map(|(usage, _)| first_word(usage));
    let meant = match find_nearest(command, names) {
        Some(name) => format!(", did you mean \"{name}\"?"),
        None => ";".to_owned(),
    };
    let (shown, name) = (quote(command), topic.name);
    Stop::Usage(format!(
        "unknown command {shown}{meant} try \"{name} --help\""
    ))
}

fn explain_replay(text: &mut String, topic: &Topic) {
    if let Err(why) = topic.replay {
        let _ = writeln!(text, "{why}");
        return;
    }
    explain_script(text);
    if let Some(settling) = topic.operations.iter().find(|o| o.part == Part::Settles) {
        let word = settling.word;
        let _ = write!(
            text,
            "  What was released still counts until \"{word}\".

Settling:
  Rust frees at once what a script releases, Go at a later collection. \"{word}\"
  waits until all of it is freed. After an operation that releases, an operation
  that needs \"{word}\" is refused until \"{word}\" is performed.
"
        );
    }
    explain_trace(text);
    let _ = write!(
        text,
        "
Batch:
  With --batch the input is many scripts: for each a line \"script LENGTH\", then
  LENGTH bytes, at most {MAX_SCRIPT}. The output is for each script a line
  \"result CODE STDOUT STDERR\": its exit code, then the lengths of its standard
  output and standard error, which follow.

Operations:
"
    );
    for operation in topic.operations {
        explain_operation(text, operation);
    }
}

/// What a script may hold, line by line.
fn explain_script(text: &mut String) {
    let _ = write!(
        text,
        "\
Performs a script and prints its output. Both languages print the same bytes.

Lines:
  - A line is UTF-8 and has at most {MAX_LINE} bytes, its comment included, its end
    not.
  - A line feed ends a line; the last line needs none. One carriage return at the
    end of a line belongs to that end, any other one is part of a word.
  - \"#\" starts a comment anywhere, even within a word. A line without a word does
    nothing, and counts as a line.
  - Spaces and tabs separate words, nothing else does. The first word is the
    operation, the others are its operands, exactly as many as it has.

Operands:
  whole   digits and nothing else, such as 7 or 007: +7 is refused
  signed  digits, with \"+\" or \"-\" before them or without: +7 is taken
  id      digits and nothing else, for something that is alive
  name    ASCII letters, digits, \"_\" and \"-\"

Refused lines:
  The first line that cannot be performed ends the script. What was printed before it
  stays, \"error: line N: REASON\" goes to standard error, and the exit code is 2.
  A line is checked in this order: its length, UTF-8, the operation, the number
  of operands, each operand from left to right (type, then range), settling, what
  the operation itself demands. A reason quotes a word: \\\" and \\\\ stand for a
  quote and a backslash, \\xNN for a byte that is not printable ASCII, and of more
  than {SHOWN} bytes the first {SHOWN} are shown.

Bounds:
  A script holds at most {MAX_OBJECTS} objects and {MAX_BYTES} bytes at a time.
"
    );
}

fn explain_trace(text: &mut String) {
    let _ = write!(
        text,
        "
Trace:
  With --trace the program prints one JSON object for each line of the script and
  one for its end. It performs the script twice, the first time with a collection
  after each line.
    line     its number
    text     the line itself; null at the end
    output   the lines that it printed
    counts   how many values are in each state
    objects  the last {MAX_REPORTED} values made, each with its id and its state
    held     the ids that the script holds, by itself or through a worker
    links    what a value or a worker refers to: from, to, and kind: strong or weak;
             no links if more than {MAX_LINKED} values were made
    figures  counts and bytes by name, in pairs that do not count single values
  States of a value:
    alive    something reaches it
    garbage  nothing reaches it, and a collection would free it
    freed    the value reported that it was freed; Go collects only at \"settle\"
    leaked   nothing reaches it, and no collection frees it
  A line that is refused ends a trace as it ends a replay.
"
    );
}

/// An operation with the limits of its operands.
fn explain_operation(text: &mut String, operation: &Operation) {
    let _ = writeln!(text, "  {}\n      {}", operation.usage(), operation.says);
    for operand in operation.operands {
        let Operand { name, min, max, .. } = operand;
        let limits = match operand.kind {
            Kind::Name => format!("name of {min} to {max} bytes"),
            kind => format!("{kind} from {min} to {max}"),
        };
        let _ = writeln!(text, "      {name}: {limits}");
    }
    if operation.part != Part::None {
        let _ = writeln!(text, "      {}", operation.part);
    }
}

fn explain_measure(text: &mut String, topic: &Topic) {
    let _ = write!(
        text,
        "\
Measures one case and prints one JSON object a line: the case with its answer,
each sample, the figures of the runtime, those of the process.

  --scale N    size of the work; 1 or more
  --samples K  number of samples, from 1 to {MAX_SAMPLES}; by default {USUAL_SAMPLES}
  --count      report the answer and the frees of each sample, to check its work

Cases:
"
    );
    for case in topic.cases {
        let _ = writeln!(
            text,
            "  {}\n      {}\n      in {}, by default at scale {}, at most at {}",
            case.name, case.says, case.unit, case.scale, case.max
        );
    }
}

fn write_table(text: &mut String, rows: &[(&str, &str)]) {
    let widest = rows.iter().map(|(left, _)| left.len()).max().unwrap_or(0);
    for (left, right) in rows {
        let _ = writeln!(text, "  {left:widest$}  {right}");
    }
}

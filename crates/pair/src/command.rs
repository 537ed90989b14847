// Twin: go/pair/command.go

use std::{
    env,
    ffi::OsString,
    fs::File,
    io::{self, BufRead, BufReader, Write as _},
    process::ExitCode,
};

use crate::{
    Case, Facts, Flags, Operation, Out, Script, Stop, batch, help,
    measure::measure,
    quote, reason,
    trace::{self},
};

/// A topic's program: what it is called and what it can do.
pub struct Topic {
    /// Its name, one word.
    pub name: &'static str,
    /// The project's version.
    pub version: &'static str,
    /// What it is about, in one sentence.
    pub says: &'static str,
    /// Shows what the section shows.
    pub demo: Demo,
    /// The operations of its scripts.
    pub operations: &'static [Operation],
    /// Performs a script, or a sentence that says why there are none.
    pub replay: Result<Replay, &'static str>,
    /// Tells the facts that differ between the languages.
    pub contrast: fn(&mut Facts) -> Result<(), Stop>,
    /// The measured cases.
    pub cases: &'static [Case],
    /// Commands that only this topic has.
    pub commands: &'static [Command],
}

/// Prints what a section shows.
pub type Demo = fn(&Out) -> Result<(), Stop>;

/// Performs a script, printing an observation a line.
pub type Replay = fn(&mut Script, &Out) -> Result<(), Stop>;

/// A command that only one topic has.
pub struct Command {
    /// How it is called, its word first.
    pub usage: &'static str,
    /// What it does.
    pub says: &'static str,
    /// Its options, each with what it does.
    pub options: &'static [(&'static str, &'static str)],
    /// The operations of its scripts, if it performs any.
    pub operations: &'static [Operation],
    /// Does it.
    pub run: fn(&[OsString], &Out) -> Result<(), Stop>,
}

/// Runs a topic's program with the arguments of this process.
pub fn run(topic: &Topic) -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let out = Out::stdout();
    let done = dispatch(topic, &arguments, &out);
    // A reader that went away is no error, whatever else went wrong.
    let ended = match (out.finish(), done) {
        (Err(Stop::Closed), _) => Ok(()),
        (Err(unwritten), Ok(())) => Err(unwritten),
        (_, done) => done,
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            let _ = io::stderr().write_all(stop.message().as_bytes());
            ExitCode::from(stop.code())
        }
    }
}

fn dispatch(topic: &Topic, arguments: &[OsString], out: &Out) -> Result<(), Stop> {
    let Some((word, rest)) = arguments.split_first() else {
        return (topic.demo)(out);
    };
    let word = word.as_encoded_bytes();
    let asks = |argument: &OsString| argument == "--help" || argument == "-h";
    if help::show_usage(topic, word, "").is_some() && rest.iter().any(asks) {
        out.write(help::explain_command(topic, word)?.as_bytes());
        return Ok(());
    }
    // The error of a wrong call shows the right ones.
    perform_command(topic, word, rest, out).map_err(|stop| match stop {
        Stop::Call(what) => {
            let usage = help::show_usage(topic, word, "usage:").unwrap_or_default();
            Stop::Usage(format!("{what}\n{usage}").trim_end().to_owned())
        }
        stop => stop,
    })
}

fn perform_command(topic: &Topic, word: &[u8], rest: &[OsString], out: &Out) -> Result<(), Stop> {
    let no_words = || Flags::parse(rest, &[], &[])?.at_most(0);
    match word {
        b"demo" => no_words().and_then(|()| (topic.demo)(out)),
        b"replay" => replay(topic, rest, out),
        b"operations" => {
            no_words()?;
            for operation in topic.operations {
                out.line(operation.row());
            }
            Ok(())
        }
        b"contrast" => no_words().and_then(|()| (topic.contrast)(&mut Facts::new(out))),
        b"cases" => {
            no_words()?;
            for case in topic.cases {
                out.line(format_args!("{}\t{}\t{}", case.name, case.unit, case.says));
            }
            Ok(())
        }
        b"measure" => measure(topic, rest, out),
        b"help" => {
            let flags = Flags::parse(rest, &[], &[])?;
            flags.at_most(1)?;
            let text = match flags.words.first() {
                Some(command) => help::explain_command(topic, command.as_encoded_bytes())?,
                None => help::list_commands(topic),
            };
            out.write(text.as_bytes());
            Ok(())
        }
        b"--help" | b"-h" => {
            no_words()?;
            out.write(help::list_commands(topic).as_bytes());
            Ok(())
        }
        b"--version" | b"-V" => {
            no_words()?;
            out.line(format_args!("{} {}", topic.name, topic.version));
            Ok(())
        }
        other => {
            let named = |command: &&Command| {
                command.usage.split(' ').next().map(str::as_bytes) == Some(other)
            };
            match topic.commands.iter().find(named) {
                Some(command) => (command.run)(rest, out),
                None => Err(help::refuse_command(topic, other)),
            }
        }
    }
}

fn replay(topic: &Topic, arguments: &[OsString], out: &Out) -> Result<(), Stop> {
    if let Err(why) = topic.replay {
        return Err(Stop::Usage(why.to_owned()));
    }
    let flags = Flags::parse(arguments, &[], &["--batch", "--trace"])?;
    let (mut reader, source) = open(&flags)?;
    let traced = flags.has("--trace");
    if flags.has("--batch") {
        return batch::replay(&mut *reader, out, |mut text, out| {
            perform(topic, &mut text, "the batch", traced, out)
        });
    }
    perform(topic, &mut *reader, &source, traced, out)
}

/// The command `parts` of a topic, which traces a script in which the languages part: `run` calls [`trace`] with the
/// same operations.
pub const fn parts(
    operations: &'static [Operation],
    run: fn(&[OsString], &Out) -> Result<(), Stop>,
) -> Command {
    Command {
        usage: "parts [FILE]",
        says: "traces a script in which the languages part, even behind settle",
        options: &[],
        operations,
        run,
    }
}

/// Traces a script with operations that a command has for itself.
pub fn trace(
    arguments: &[OsString],
    operations: &'static [Operation],
    replay: Replay,
    out: &Out,
) -> Result<(), Stop> {
    let (mut reader, source) = open(&Flags::parse(arguments, &[], &[])?)?;
    trace::replay(&mut *reader, &source, operations, replay, out)
}

/// The script that the only word names, or standard input; and what to call it in an error.
fn open(flags: &Flags) -> Result<(Box<dyn BufRead>, String), Stop> {
    flags.at_most(1)?;
    let Some(path) = flags.words.first() else {
        return Ok((Box::new(io::stdin().lock()), "the script".to_owned()));
    };
    let shown = quote(path.as_encoded_bytes());
    let file = File::open(path)
        .map_err(|error| Stop::Usage(format!("cannot read {shown}: {}", reason(&error))))?;
    Ok((Box::new(BufReader::new(file)), shown))
}

/// Performs one script from its first line to its end or to a line that is refused.
fn perform(
    topic: &Topic,
    reader: &mut dyn BufRead,
    source: &str,
    traced: bool,
    out: &Out,
) -> Result<(), Stop> {
    let replay = topic.replay.map_err(|why| Stop::Usage(why.to_owned()))?;
    if traced {
        return trace::replay(reader, source, topic.operations, replay, out);
    }
    let mut script = Script::new(reader, source.to_owned(), topic.operations, out);
    replay(&mut script, out)
}

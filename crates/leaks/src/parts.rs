// Twin: go/leaks/parts.go

//! Scripts in which the languages part, over the leaks of the contrast.

use std::{
    collections::BTreeMap,
    sync::mpsc::{self, Sender},
    thread::{self, JoinHandle},
};

use pair::{
    Command, Counted, Line, Links, Operation, Out, Part, Script, Stop, Tally,
    id, whole,
};

use crate::contrast::{HEADER, Letter, mailbox};

pub const PARTS: Command = pair::parts(OPERATIONS, |arguments, out| {
    pair::trace(arguments, OPERATIONS, parts, out)
});

const OPERATIONS: &[Operation] = &[
    Operation {
        word: "buffer",
        operands: &[],
        part: Part::None,
        says: "makes a buffer of 8192 bytes and holds it; values are numbered from 1",
    },
    Operation {
        word: "header",
        operands: &[id("BUFFER")],
        part: Part::Releases,
        says: "holds the first 8 bytes in place of a buffer: in Go a slice of it, in Rust a copy",
    },
    Operation {
        word: "receiver",
        operands: &[],
        part: Part::None,
        says: "starts a receiver that keeps a value while it waits, and holds its sender",
    },
    Operation {
        word: "mailbox",
        operands: &[whole("COUNT", 1, 20)],
        part: Part::None,
        says: "sends values through a channel, the last one with the channel's receiver, and holds its sender",
    },
    Operation {
        word: "drop",
        operands: &[id("VALUE")],
        part: Part::Releases,
        says: "drops a buffer, its first bytes, or a sender, which the first of its values names",
    },
    Operation {
        word: "settle",
        operands: &[],
        part: Part::Settles,
        says: "waits until everything unreachable is freed that ever is",
    },
];

/// The size of a buffer in bytes.
const BUFFER: usize = 8192;

/// Something that the script holds.
enum Held {
    Buffer(Counted<Vec<u8>>),
    /// A copy: it keeps no buffer alive.
    Header(#[allow(dead_code)] Vec<u8>),
    Receiver(Sender<()>, JoinHandle<()>),
    /// The values that are numbered from here on, and their number.
    Mailbox(#[allow(dead_code)] Sender<Letter>, usize),
}

fn parts(script: &mut Script, _: &Out) -> Result<(), Stop> {
    let tally = script.tally();
    let mut held = BTreeMap::new();
    while let Some(line) = script.read_line()? {
        perform(&mut held, &tally, script, &line)?;
        script.link(|links| draw(&held, links));
    }
    held.into_values().for_each(release);
    Ok(())
}

fn perform(
    held: &mut BTreeMap<usize, Held>,
    tally: &Tally,
    script: &mut Script,
    line: &Line,
) -> Result<(), Stop> {
    let number = tally.made() + 1;
    match line.word {
        "buffer" => {
            script.hold(1, BUFFER)?;
            let buffer = Counted::new(tally, vec![0; BUFFER]);
            held.insert(number, Held::Buffer(buffer));
        }
        "header" => {
            let buffer = held.remove(&line.whole(0));
            let Some(Held::Buffer(buffer)) = buffer else {
                held.extend(buffer.map(|other| (line.whole(0), other)));
                let no_buffer = format!("{} is no buffer", line.whole(0));
                return Err(script.refuse(no_buffer));
            };
            let header = buffer.value[..HEADER].to_vec();
            held.insert(line.whole(0), Held::Header(header));
        }
        "receiver" => {
            script.hold(1, BUFFER)?;
            held.insert(number, receiver(Counted::new(tally, ())));
        }
        "mailbox" => {
            let count = line.whole(0);
            script.hold(count, count * BUFFER)?;
            held.insert(number, Held::Mailbox(mailbox(tally, count), count));
        }
        "drop" => {
            let Some(held) = held.remove(&line.whole(0)) else {
                let what = format!("{} is not held", line.whole(0));
                return Err(script.refuse(what));
            };
            release(held);
        }
        _ => {}
    }
    Ok(())
}

/// Starts a receiver that waits for a message and keeps a value meanwhile.
fn receiver<T: Send + 'static>(value: T) -> Held {
    let (sender, messages) = mpsc::channel();
    let wait = move || {
        // Fails where no sender is left: the thread ends, and frees the value.
        let _ = messages.recv();
        drop(value);
    };
    Held::Receiver(sender, thread::spawn(wait))
}

fn release(held: Held) {
    if let Held::Receiver(sender, waiting) = held {
        drop(sender);
        // It has no panic to report.
        let _ = waiting.join();
    }
}

/// Draws what the script holds.
fn draw(held: &BTreeMap<usize, Held>, links: &mut Links) {
    for (&number, held) in held {
        match held {
            Held::Header(_) => {}
            Held::Mailbox(_, count) => {
                (number..number + count).for_each(|letter| links.hold(letter));
            }
            Held::Buffer(_) | Held::Receiver(..) => links.hold(number),
        }
    }
}

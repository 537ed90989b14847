// Twin: go/destruction/parts.go

//! Scripts in which the languages part, over the files of the contrast.

use std::path::Path;

use destruction::File;
use pair::{Command, Operation, Out, Part, Script, Stop};

use crate::script::{Desk, NAME};

pub const PARTS: Command = pair::parts(OPERATIONS, |arguments, out| {
    pair::trace(arguments, OPERATIONS, parts, out)
});

const OPERATIONS: &[Operation] = &[
    Operation {
        word: "open",
        operands: &[NAME],
        part: Part::None,
        says: "makes a file and opens it; Go defers its closing, in Rust it belongs to the block",
    },
    Operation {
        word: "block",
        operands: &[],
        part: Part::None,
        says: "begins a block of the function; refused inside of one",
    },
    Operation {
        word: "end",
        operands: &[],
        part: Part::None,
        says: "ends the block, and the function goes on; refused outside of every block",
    },
    Operation {
        word: "return",
        operands: &[],
        part: Part::None,
        says: "leaves the function, which is called anew; refused inside of a block",
    },
    Operation {
        word: "settle",
        operands: &[],
        part: Part::Settles,
        says: "waits until what nothing refers to is closed",
    },
];

fn parts(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let desk = Desk::traced(script, out)?;
    let closed = |path: &Path| desk.closed(path);
    while call(&desk, script, &closed)? {}
    Ok(())
}

/// One call of a function, up to its return; tells whether the script goes on.
fn call(
    desk: &Desk,
    script: &mut Script,
    closed: &dyn Fn(&Path),
) -> Result<bool, Stop> {
    let mut files = Vec::new();
    while let Some(line) = script.read_line()? {
        match line.word {
            "open" => files.push(open(desk, script, line.name(0), closed)?),
            "block" => {
                // They go at the end of the block.
                let mut files = Vec::new();
                loop {
                    let Some(line) = script.read_line()? else {
                        return Ok(false);
                    };
                    match line.word {
                        "end" => break,
                        "block" | "return" => {
                            return Err(script.refuse("a block is open"));
                        }
                        "open" => {
                            let name = line.name(0);
                            files.push(open(desk, script, name, closed)?);
                        }
                        _ => {}
                    }
                }
            }
            "return" => return Ok(true),
            "end" => return Err(script.refuse("no block is open")),
            _ => {}
        }
    }
    Ok(false)
}

/// Makes a file and opens it.
fn open<'a>(
    desk: &Desk,
    script: &Script,
    name: &str,
    closed: &'a dyn Fn(&Path),
) -> Result<File<'a>, Stop> {
    desk.write(name, "")?;
    Ok(desk.open(script, name, closed)??)
}

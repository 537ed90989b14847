// Twin: go/destruction/script.go

//! The demo and the operations of scripts, over real files.

use std::{
    cell::Cell,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process,
};

use destruction::{File, catch, forget, process, throw};
use pair::{
    Command, Flags, Folder, Line, Operation, Out, Part, Script, Stop, Tally,
    name, quote, reason, settle,
};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        word: "write",
        operands: &[NAME, name("TEXT", 64)],
        part: Part::None,
        says: "makes a file that holds this text, or writes it anew; refused after 10000 times",
    },
    Operation {
        word: "open",
        operands: &[NAME],
        part: Part::None,
        says: "opens a file that its scope closes, and prints that; refused if 100 are open or forgotten since the last settle; if there is none, does what fail does, with the system's reason",
    },
    Operation {
        word: "read",
        operands: &[NAME],
        part: Part::None,
        says: "reads what is left of a file of this scope, the one opened last under this name, and prints it in quotes; refused if there is none",
    },
    Operation {
        word: "close",
        operands: &[NAME],
        part: Part::None,
        says: "closes such a file before its scope ends, and prints that; refused if there is none",
    },
    Operation {
        word: "scope",
        operands: &[],
        part: Part::None,
        says: "begins a scope inside this one, at most 100 deep",
    },
    Operation {
        word: "end",
        operands: &[],
        part: Part::None,
        says: "ends the scope and closes its files, the one opened last first, and prints each; refused outside of every scope",
    },
    Operation {
        word: "return",
        operands: &[],
        part: Part::None,
        says: "leaves the scope before its end, which closes the same files in the same order; refused outside of every scope",
    },
    Operation {
        word: "fail",
        operands: &[],
        part: Part::None,
        says: "returns an error through every scope, which closes all files, and prints it; the script goes on outside of every scope",
    },
    Operation {
        word: "panic",
        operands: &[],
        part: Part::None,
        says: "panics through every scope, which closes all files, and prints that it was caught; the script goes on outside of every scope",
    },
    Operation {
        word: "forget",
        operands: &[NAME],
        part: Part::Releases,
        says: "opens a file that nobody keeps and nobody closes, and which counts as open until settle; refused and fails as open does",
    },
    Operation {
        word: "settle",
        operands: &[],
        part: Part::Settles,
        says: "waits until every forgotten file is closed",
    },
    Operation {
        word: "descriptors",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of open files that the system counts",
    },
];

pub const EXIT: Command = Command {
    usage: "exit",
    says: "opens a file and ends the process inside the scope",
    options: &[],
    operations: &[],
    run: exit,
};

pub const NAME: pair::Operand = name("NAME", 32);
const MAX_DEPTH: usize = 100;
const MAX_OPEN: usize = 100;
const MAX_WRITES: usize = 10_000;

pub fn demo(out: &Out) -> Result<(), Stop> {
    let desk = Desk::new(out)?;
    desk.write("one", "1")?;
    desk.write("two", "2")?;
    let (one, two, missing) =
        (desk.path("one"), desk.path("two"), desk.path("missing"));
    let closed = |path: &Path| desk.closed(path);
    let ends = |way: &str, ended: io::Result<()>| -> Result<(), Stop> {
        let ended =
            ended.map_or_else(|error| reason(&error), |()| "done".to_owned());
        let open = desk.folder.descriptors()?;
        out.line(format_args!("{way}: {ended}, {open} open"));
        Ok(())
    };

    let ended = process([&one, &two], &closed, |one, two| {
        out.line(format_args!(
            "read {} and {}",
            String::from_utf8_lossy(&one.read_all()?),
            String::from_utf8_lossy(&two.read_all()?)
        ));
        Ok(())
    });
    ends("the end", ended)?;
    let ended = process([&one, &missing], &closed, |_, _| Ok(()));
    ends("an early return", ended)?;
    let ended = process([&one, &two], &closed, |_, _| forget(&missing));
    ends("an error of the work", ended)?;

    let threw = catch(|| drop(process([&one, &two], &closed, |_, _| throw())));
    let open = desk.folder.descriptors()?;
    out.line(format_args!("a panic: caught {threw}, {open} open"));

    forget(&one)?;
    settle();
    ends("a forgotten file, in the end", Ok(()))
}

/// Ends the process while a file is open: nothing more is said.
fn exit(arguments: &[OsString], out: &Out) -> Result<(), Stop> {
    Flags::parse(arguments, &[], &[])?.at_most(0)?;
    let closed = |_: &Path| {
        out.line("closed");
        let _ = out.finish();
    };
    let file = File::open(Path::new("/dev/null"), &closed)?;
    out.line(format_args!("opened {}", file.path().display()));
    out.finish()?;
    process::exit(0)
}

pub fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let desk = Desk::traced(script, out)?;
    let closed = |path: &Path| desk.closed(path);
    loop {
        let mut left = Ok(());
        let threw = catch(|| left = desk.scope(script, &closed, 0));
        match left {
            _ if threw => out.line("caught a panic"),
            Err(Left::Failed(error)) => {
                out.line(format_args!("failed: {}", reason(&error)));
            }
            Err(Left::Stopped(stop)) => return Err(stop),
            Err(Left::Over) | Ok(()) => return Ok(()),
        }
    }
}

/// Why a scope was left before its end.
enum Left {
    Failed(io::Error),
    Stopped(Stop),
    Over,
}

impl From<io::Error> for Left {
    fn from(error: io::Error) -> Self {
        Left::Failed(error)
    }
}

impl From<Stop> for Left {
    fn from(stop: Stop) -> Self {
        Left::Stopped(stop)
    }
}

/// The files of a scope, closed last to first; a plain `Vec` would close them first to last.
struct Files<'a>(Vec<(String, File<'a>)>);

impl Drop for Files<'_> {
    fn drop(&mut self) {
        while self.0.pop().is_some() {}
    }
}

/// What all scopes share.
pub struct Desk<'a> {
    folder: Folder,
    out: &'a Out,
    writes: Cell<usize>,
    opened: Cell<usize>,
    forgotten: Cell<usize>,
    /// The files that were opened. When one is closed, the system tells.
    tally: Tally,
}

impl<'a> Desk<'a> {
    fn new(out: &'a Out) -> Result<Self, Stop> {
        Ok(Desk {
            folder: Folder::new()?,
            out,
            writes: Cell::new(0),
            opened: Cell::new(0),
            forgotten: Cell::new(0),
            tally: Tally::new(),
        })
    }

    /// A desk whose files a trace of this script tells.
    pub fn traced(script: &mut Script, out: &'a Out) -> Result<Self, Stop> {
        let desk = Desk {
            tally: script.tally(),
            ..Desk::new(out)?
        };
        script.look(desk.folder.look());
        Ok(desk)
    }

    /// Performs lines until the scope is left; what it opened is then closed, however that happens.
    fn scope(
        &self,
        script: &mut Script,
        closed: &dyn Fn(&Path),
        depth: usize,
    ) -> Result<(), Left> {
        let mut files = Files(Vec::new());
        while let Some(line) = script.read_line()? {
            match line.word {
                "scope" if depth == MAX_DEPTH => {
                    let what = format!(
                        "more than {MAX_DEPTH} scopes inside each other"
                    );
                    return Err(script.refuse(what).into());
                }
                "scope" => self.scope(script, closed, depth + 1)?,
                "end" | "return" if depth == 0 => {
                    return Err(script.refuse("no scope is open").into());
                }
                "end" | "return" => return Ok(()),
                "fail" => return Err(io::Error::other("on purpose").into()),
                "panic" => throw(),
                "open" => {
                    let file = self.open(script, line.name(0), closed)??;
                    files.0.push((line.name(0).to_owned(), file));
                }
                "read" => {
                    let place = place(&files, script, line.name(0))?;
                    let bytes = files.0[place].1.read_all()?;
                    self.out.line(format_args!("read {}", quote(&bytes)));
                }
                "close" => {
                    let place = place(&files, script, line.name(0))?;
                    drop(files.0.remove(place));
                }
                _ => self.perform(script, &line)?,
            }
        }
        Err(Left::Over)
    }

    /// Opens a file, if the line may.
    pub fn open<'f>(
        &self,
        script: &Script,
        name: &str,
        closed: &'f dyn Fn(&Path),
    ) -> Result<io::Result<File<'f>>, Stop> {
        self.one_more(script)?;
        let file = File::open(&self.path(name), closed);
        if let Ok(file) = &file {
            self.tally.count_made(name);
            self.opened.set(self.opened.get() + 1);
            self.out
                .line(format_args!("opened {}", name_of(file.path())));
        }
        Ok(file)
    }

    /// Performs a line that concerns no scope.
    fn perform(&self, script: &Script, line: &Line) -> Result<(), Left> {
        match line.word {
            "write" if self.writes.get() == MAX_WRITES => {
                let what = format!("more than {MAX_WRITES} files written");
                return Err(script.refuse(what).into());
            }
            "write" => {
                self.writes.set(self.writes.get() + 1);
                self.write(line.name(0), line.name(1))?;
            }
            "forget" => {
                self.one_more(script)?;
                forget(&self.path(line.name(0)))?;
                self.tally.count_made(line.name(0));
                self.forgotten.set(self.forgotten.get() + 1);
            }
            "settle" => self.forgotten.set(0),
            "descriptors" => {
                let open = self.folder.descriptors()?;
                self.out.line(format_args!("{open} open"));
            }
            other => return Err(script.unknown(other).into()),
        }
        Ok(())
    }

    /// Refuses the line if it would open one file too many.
    fn one_more(&self, script: &Script) -> Result<(), Stop> {
        if self.opened.get() + self.forgotten.get() == MAX_OPEN {
            return Err(
                script.refuse(format!("more than {MAX_OPEN} files open"))
            );
        }
        Ok(())
    }

    pub fn closed(&self, path: &Path) {
        self.opened.set(self.opened.get().saturating_sub(1));
        self.out.line(format_args!("closed {}", name_of(path)));
    }

    pub fn write(&self, name: &str, text: &str) -> io::Result<()> {
        fs::write(self.path(name), text)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn name_of(path: &Path) -> impl std::fmt::Display {
    path.file_name().unwrap_or_default().display()
}

/// Where the file stands in its scope, the one that was opened last under this name.
fn place(files: &Files, script: &Script, name: &str) -> Result<usize, Stop> {
    let place = files.0.iter().rposition(|(other, _)| other == name);
    let what =
        || format!("{} is not open in this scope", quote(name.as_bytes()));
    place.ok_or_else(|| script.refuse(what()))
}

// Twin: go/reclaim/script.go

//! The demo and the operations of scripts, over counted buffers.

use pair::{
    Counted, Line, Operation, Out, Part, Script, Stop, Tally, id, settle, whole,
};
use reclaim::{Window, allocate_data, filled, sum};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        word: "window",
        operands: &[whole("PLACES", 1, 1_000_000)],
        part: Part::Releases,
        says: "changes how many places the window has, 1000 at first; the newest numbers stay, whether released or not",
    },
    Operation {
        word: "alloc",
        operands: &[whole("SIZE", 1, MAX_SIZE)],
        part: Part::Releases,
        says: "makes a buffer of SIZE bytes, which count before the buffer in its place is released, and prints its number; numbers go up from 1, and each byte is the number mod 256",
    },
    Operation {
        word: "allocs",
        operands: &[whole("COUNT", 1, 1_000_000), whole("SIZE", 1, MAX_SIZE)],
        part: Part::Releases,
        says: "does the same COUNT times, and prints the first and the last number",
    },
    Operation {
        word: "scope",
        operands: &[whole("COUNT", 1, 1_000_000), whole("SIZE", 1, MAX_SIZE)],
        part: Part::Releases,
        says: "makes COUNT buffers beside the window, which count all at once, sums each and releases it before the next, and prints how many were used; the bytes of the first are 1, as above",
    },
    Operation {
        word: "release",
        operands: &[id("BUFFER")],
        part: Part::Releases,
        says: "releases a buffer of the window before its turn",
    },
    Operation {
        word: "clear",
        operands: &[],
        part: Part::Releases,
        says: "releases all buffers of the window",
    },
    Operation {
        word: "settle",
        operands: &[],
        part: Part::Settles,
        says: "waits until everything released is freed",
    },
    Operation {
        word: "live",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of live buffers",
    },
    Operation {
        word: "freed",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of freed buffers",
    },
    Operation {
        word: "show",
        operands: &[id("BUFFER")],
        part: Part::None,
        says: "prints the size of a buffer and the sum of its bytes",
    },
    Operation {
        word: "sum",
        operands: &[],
        part: Part::None,
        says: "prints how many buffers the window keeps and the sum of all their bytes",
    },
];

/// The largest buffer of a script.
const MAX_SIZE: i64 = 16 << 20;

/// The window of a script that says nothing else.
const PLACES: usize = 1000;

/// A place of the window: a buffer that tells when it is freed, or nothing.
type Place = Option<Counted<Vec<u8>>>;

pub fn demo(out: &Out) -> Result<(), Stop> {
    let tally = Tally::new();
    let new_data = || Counted::new(&tally, filled(1024, 1));
    let mut total = 0;
    allocate_data(100_000, new_data, |data| total += sum(&data.value));
    settle();
    let (made, freed) = (tally.made(), tally.freed());
    out.line(format_args!("bytes written in {made} scopes: {total}"));
    out.line(format_args!("freed behind them: {freed}"));

    let mut window = Window::new(1000);
    for _ in 0..10_000 {
        window.keep(Some(new_data()));
    }
    settle();
    let alive =
        |what| out.line(format_args!("alive {what}: {}", tally.alive()));
    alive("in a window of 1000, after 10000 buffers");
    window.release(window.made());
    settle();
    alive("after the newest was released");
    window.resize(10);
    settle();
    alive("in a window of 10");
    window.clear();
    settle();
    alive("in the end");
    Ok(())
}

pub fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let mut buffers = Buffers {
        tally: script.tally(),
        window: Window::new(PLACES),
    };
    while let Some(line) = script.read_line()? {
        buffers.perform(script, &line, out)?;
    }
    Ok(())
}

struct Buffers {
    tally: Tally,
    window: Window<Place>,
}

impl Buffers {
    fn perform(
        &mut self,
        script: &mut Script,
        line: &Line,
        out: &Out,
    ) -> Result<(), Stop> {
        match line.word {
            "window" => {
                let places = line.whole(0);
                let past = self.window.made().saturating_sub(places);
                self.release(script, past);
                self.window.resize(places);
            }
            "alloc" => {
                self.alloc(script, line.whole(0))?;
                out.line(format_args!("buffer {}", self.window.made()));
            }
            "allocs" => {
                let first = self.window.made() + 1;
                for _ in 0..line.whole(0) {
                    self.alloc(script, line.whole(1))?;
                }
                out.line(format_args!(
                    "buffers {first} to {}",
                    self.window.made()
                ));
            }
            "scope" => self.scope(script, line.whole(0), line.whole(1), out)?,
            "release" => {
                let number = line.whole(0);
                let size = self.buffer(script, number)?.len();
                script.release(1, size);
                self.window.release(number);
            }
            "clear" => {
                self.release(script, self.window.made());
                self.window.clear();
            }
            "settle" => {}
            "live" => out.line(format_args!("{} live", self.tally.alive())),
            "freed" => out.line(format_args!("{} freed", self.tally.freed())),
            "show" => {
                let data = self.buffer(script, line.whole(0))?;
                out.line(format_args!(
                    "size {}, sum {}",
                    data.len(),
                    sum(data)
                ));
            }
            "sum" => {
                let kept: Vec<_> = self.kept(self.window.made()).collect();
                let total: i64 = kept.iter().map(|data| sum(data)).sum();
                out.line(format_args!("{} kept, sum {total}", kept.len()));
            }
            other => return Err(script.unknown(other)),
        }
        Ok(())
    }

    fn alloc(&mut self, script: &mut Script, size: usize) -> Result<(), Stop> {
        script.hold(1, size)?;
        let number = self.window.made() + 1;
        self.release(script, number.saturating_sub(self.window.size()));
        let data = filled(size, number as u8);
        self.window
            .keep(Some(Counted::named(&self.tally, number, data)));
        Ok(())
    }

    fn scope(
        &self,
        script: &mut Script,
        count: usize,
        size: usize,
        out: &Out,
    ) -> Result<(), Stop> {
        script.hold(count, count * size)?;
        let (mut used, mut total) = (0, 0);
        let mut number = 0_usize;
        let new_data = || {
            number += 1;
            let data = filled(size, number as u8);
            Counted::named(&self.tally, "scope", data)
        };
        allocate_data(count, new_data, |data| {
            used += 1;
            total += sum(&data.value);
        });
        script.release(count, count * size);
        out.line(format_args!("{used} used, sum {total}"));
        Ok(())
    }

    /// Counts the buffers up to this number as released.
    fn release(&self, script: &mut Script, last: usize) {
        for data in self.kept(last) {
            script.release(1, data.len());
        }
    }

    /// The buffers that the window still keeps, up to this number.
    fn kept(&self, last: usize) -> impl Iterator<Item = &Vec<u8>> {
        let past = self.window.made().saturating_sub(self.window.size());
        let places = (past + 1..=last)
            .filter_map(|number| self.window.get(number)?.as_ref());
        places.map(|data| &data.value)
    }

    fn buffer(&self, script: &Script, number: usize) -> Result<&Vec<u8>, Stop> {
        let place = self.window.get(number).and_then(Option::as_ref);
        let data = place.ok_or_else(|| script.not_alive(number))?;
        Ok(&data.value)
    }
}

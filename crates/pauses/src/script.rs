// Twin: go/pauses/script.go

//! The demo and the operations of scripts, over counted visits.

use pair::{
    Counted, Line, Operation, Out, Part, Script, Stop, Tally, id, settle, whole,
};
use pauses::{REMEMBERED, Sessions};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        word: "live",
        operands: &[whole("SESSIONS", 1, 250_000)],
        part: Part::None,
        says: "opens sessions, each with 4 visits, which count as 64 bytes each, and prints the first and the last key; keys and visits are numbered from 1",
    },
    Operation {
        word: "request",
        operands: &[id("KEY")],
        part: Part::Releases,
        says: "asks a session for a page, which makes a visit, counts it and then releases the oldest, and prints the page's size and byte: the key and the number of the session's visits so far, mod 256",
    },
    Operation {
        word: "requests",
        operands: &[
            whole("COUNT", 1, 100_000),
            whole("SEED", 0, 1_000_000_000),
        ],
        part: Part::Releases,
        says: "makes COUNT requests, counted all at once, and prints a checksum of the pages, (sum * 31 + byte) mod 1000000007 for each; their keys are the lowest open one + (s >> 33) mod the number of open ones, with s = s * 6364136223846793005 + 1442695040888963407 in 64 bits before each, from SEED; refused if no session is open",
    },
    Operation {
        word: "history",
        operands: &[id("KEY")],
        part: Part::None,
        says: "prints the numbers of the visits of a session, the last one first",
    },
    Operation {
        word: "sessions",
        operands: &[],
        part: Part::None,
        says: "prints how many sessions are open",
    },
    Operation {
        word: "drop",
        operands: &[whole("SESSIONS", 1, 250_000)],
        part: Part::Releases,
        says: "closes the oldest sessions, one by one; refused if fewer are open",
    },
    Operation {
        word: "clear",
        operands: &[],
        part: Part::Releases,
        says: "closes all sessions at once",
    },
    Operation {
        word: "settle",
        operands: &[],
        part: Part::Settles,
        says: "waits until everything released is freed",
    },
    Operation {
        word: "alive",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of live visits",
    },
    Operation {
        word: "freed",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of freed visits",
    },
];

/// What a script keeps alive in a visit, for the limit of bytes.
const VISIT_BYTES: usize = 64;

pub fn demo(out: &Out) -> Result<(), Stop> {
    let mut heap = Heap::default();
    for _ in 0..10_000 {
        heap.open();
    }
    heap.request(7);
    heap.request(7);
    out.line(format_args!("history of session 7: {}", heap.history(7)));
    let checksum = heap.requests(50_000, 1);
    out.line(format_args!("checksum of 50000 pages: {checksum}"));
    let freed = |heap: &Heap, what| {
        settle();
        let (freed, made) = (heap.tally.freed(), heap.tally.made());
        out.line(format_args!("visits freed {what}: {freed} of {made}"));
    };
    freed(&heap, "by the requests");
    for _ in 0..1000 {
        heap.sessions.close();
    }
    freed(&heap, "with 1000 sessions, one by one");
    heap.sessions.close_all();
    freed(&heap, "with the others, at once");
    Ok(())
}

pub fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let mut heap = Heap {
        tally: script.tally(),
        ..Heap::default()
    };
    while let Some(line) = script.read_line()? {
        heap.perform(script, &line, out)?;
    }
    Ok(())
}

/// Sessions whose visits are numbered and report when they are freed.
#[derive(Default)]
struct Heap {
    tally: Tally,
    sessions: Sessions<Counted<usize>>,
}

impl Heap {
    fn perform(
        &mut self,
        script: &mut Script,
        line: &Line,
        out: &Out,
    ) -> Result<(), Stop> {
        let open = self.sessions.live() as usize;
        match line.word {
            "live" => {
                let count = line.whole(0);
                script.hold(
                    count * REMEMBERED,
                    count * REMEMBERED * VISIT_BYTES,
                )?;
                let first = self.open();
                let last = (1..count).fold(first, |_, _| self.open());
                out.line(format_args!("sessions {first} to {last}"));
            }
            "request" => {
                let key = self.key(script, line)?;
                visits_pass(script, 1)?;
                if let Some(page) = self.request(key) {
                    out.line(format_args!(
                        "{} bytes of {}",
                        page.len(),
                        page[0]
                    ));
                }
            }
            "requests" => {
                if open == 0 {
                    return Err(script.refuse("no session is open"));
                }
                visits_pass(script, line.whole(0))?;
                let checksum =
                    self.requests(line.signed(0), line.whole(1) as u64);
                out.line(format_args!("checksum {checksum}"));
            }
            "history" => {
                let key = self.key(script, line)?;
                out.line(format_args!("visits {}", self.history(key)));
            }
            "sessions" => out.line(format_args!("{open} open")),
            "drop" => {
                let count = line.whole(0);
                if count > open {
                    return Err(
                        script.refuse(format!("only {open} sessions are open"))
                    );
                }
                (0..count).for_each(|_| self.sessions.close());
                release(script, count);
            }
            "clear" => {
                self.sessions.close_all();
                release(script, open);
            }
            "settle" => {}
            "alive" => out.line(format_args!("{} alive", self.tally.alive())),
            "freed" => out.line(format_args!("{} freed", self.tally.freed())),
            other => return Err(script.unknown(other)),
        }
        Ok(())
    }

    fn key(&self, script: &Script, line: &Line) -> Result<i64, Stop> {
        let key = line.signed(0);
        if self.sessions.history(key).is_empty() {
            return Err(script.not_alive(line.whole(0)));
        }
        Ok(key)
    }

    fn open(&mut self) -> i64 {
        self.sessions.open(|| visit(&self.tally))
    }

    fn request(&mut self, key: i64) -> Option<Vec<u8>> {
        self.sessions.request(key, visit(&self.tally))
    }

    fn requests(&mut self, count: i64, seed: u64) -> i64 {
        let new_visit = || visit(&self.tally);
        self.sessions.requests(count, seed, new_visit)
    }

    fn history(&self, key: i64) -> String {
        let visits = self.sessions.history(key);
        let numbers: Vec<_> =
            visits.iter().map(|v| v.value.to_string()).collect();
        numbers.join(" ")
    }
}

/// A visit that knows how many there were.
fn visit(tally: &Tally) -> Counted<usize> {
    Counted::new(tally, tally.made() + 1)
}

/// Counts visits that come in place of others.
fn visits_pass(script: &mut Script, count: usize) -> Result<(), Stop> {
    script.hold(count, count * VISIT_BYTES)?;
    script.release(count, count * VISIT_BYTES);
    Ok(())
}

/// Counts the visits of sessions as released.
fn release(script: &mut Script, sessions: usize) {
    let visits = sessions * REMEMBERED;
    script.release(visits, visits * VISIT_BYTES);
}

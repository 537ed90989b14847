// Twin: go/leaks/script.go

//! The demo and the operations of scripts, over counted values.

use leaks::{Cache, Entry, Lru, add_to_cache};
use pair::{
    Counted, Line, Operand, Operation, Out, Part, Script, Stop, Tally, name,
    settle, whole,
};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        word: "add",
        operands: &[KEY, SIZE],
        part: Part::Releases,
        says: "adds SIZE bytes, which count as 128 more, to the cache that only grows, in place of those under the same key, and prints how many values it has",
    },
    Operation {
        word: "put",
        operands: &[KEY, SIZE],
        part: Part::Releases,
        says: "puts SIZE bytes, which count as 128 more, into the cache with a limit, and prints what it removes: the value under the same key, else the one unused for longest if the cache is full",
    },
    Operation {
        word: "fill",
        operands: &[whole("COUNT", 1, 100_000), SIZE],
        part: Part::Releases,
        says: "puts SIZE bytes into the cache with a limit under each key from 1 to COUNT, all counted beforehand, and prints how many values it removed",
    },
    Operation {
        word: "get",
        operands: &[KEY],
        part: Part::None,
        says: "prints how many bytes the cache with a limit has under a key, which uses them, or nothing",
    },
    Operation {
        word: "remove",
        operands: &[KEY],
        part: Part::Releases,
        says: "removes a key from the cache with a limit, and prints it, or nothing",
    },
    Operation {
        word: "evict",
        operands: &[],
        part: Part::Releases,
        says: "removes the value unused for longest, and prints its key, or nothing",
    },
    Operation {
        word: "limit",
        operands: &[whole("COUNT", 1, 1_000_000)],
        part: Part::Releases,
        says: "sets the limit, 3 values at first, and prints what it removes, oldest first: 20 keys, and how many more",
    },
    Operation {
        word: "keys",
        operands: &[],
        part: Part::None,
        says: "prints the keys of the cache with a limit, the one unused for longest first: 20 of them, and how many more",
    },
    Operation {
        word: "bytes",
        operands: &[],
        part: Part::None,
        says: "prints how many values and bytes each cache holds",
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
        says: "prints the number of live values",
    },
    Operation {
        word: "freed",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of freed values",
    },
];

const KEY: Operand = name("KEY", 64);
const SIZE: Operand = whole("SIZE", 0, 1 << 20);

/// The limit at first.
const LIMIT: usize = 3;
/// What a script keeps alive around a value, for the limit of bytes.
const ENTRY_BYTES: usize = 128;
/// How many keys a line shows.
const SHOWN: usize = 20;

/// A value tells when it is freed.
type Value = Counted<Vec<u8>>;

pub fn demo(out: &Out) -> Result<(), Stop> {
    let (grown, kept) = (Tally::new(), Tally::new());
    let mut cache = Cache::new();
    let mut lru = Lru::new(10);
    for number in 0..1_000 {
        let key = || format!("user-{number}");
        let value = |tally| Counted::new(tally, vec![0_u8; 1024]);
        add_to_cache(&mut cache, key(), value(&grown));
        lru.put(key(), value(&kept));
    }
    settle();
    let says = |which, tally: &Tally| {
        let (alive, made) = (tally.alive(), tally.made());
        out.line(format_args!("{which}: {alive} of {made} values live"));
    };
    says("the cache that only grows", &grown);
    says("the cache with a limit", &kept);

    out.line(format_args!(
        "used: {}",
        lru.get(&"user-990".to_owned()).is_some()
    ));
    let gone = lru.set_limit(3);
    out.line(format_args!("removed: {}", list(&keys(gone.iter()))));
    out.line(format_args!("left: {}", list(&keys(lru.entries()))));
    drop(gone);
    settle();
    says("the cache with a lower limit", &kept);

    drop((cache, lru));
    settle();
    says("the cache that only grows, emptied", &grown);
    says("the cache with a limit, emptied", &kept);
    Ok(())
}

pub fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let mut caches = Caches {
        tally: script.tally(),
        cache: Cache::new(),
        lru: Lru::new(LIMIT),
    };
    while let Some(line) = script.read_line()? {
        caches.perform(script, &line, out)?;
    }
    Ok(())
}

struct Caches {
    tally: Tally,
    cache: Cache<Value>,
    lru: Lru<String, Value>,
}

impl Caches {
    fn perform(
        &mut self,
        script: &mut Script,
        line: &Line,
        out: &Out,
    ) -> Result<(), Stop> {
        match line.word {
            "add" => self.add(script, line.name(0), line.whole(1), out)?,
            "put" => {
                hold(script, 1, line.whole(1))?;
                let gone =
                    self.put(script, line.name(0).to_owned(), line.whole(1));
                out.line(format_args!(
                    "put {}: {}",
                    line.name(0),
                    removed(gone.as_slice())
                ));
            }
            "fill" => self.fill(script, line.whole(0), line.whole(1), out)?,
            "get" => match self.lru.get(&line.name(0).to_owned()) {
                Some(value) => {
                    out.line(format_args!("{} bytes", value.value.len()));
                }
                None => out.line("nothing"),
            },
            "remove" => {
                let gone = self.lru.remove(&line.name(0).to_owned());
                release(script, gone.as_slice());
                out.line(removed(gone.as_slice()));
            }
            "evict" => {
                let gone = self.lru.evict();
                release(script, gone.as_slice());
                out.line(removed(gone.as_slice()));
            }
            "limit" => {
                let gone = self.lru.set_limit(line.whole(0));
                release(script, &gone);
                out.line(format_args!(
                    "limit {}: {}",
                    line.whole(0),
                    removed(&gone)
                ));
            }
            "keys" => out
                .line(format_args!("keys {}", list(&keys(self.lru.entries())))),
            "bytes" => self.show_bytes(out),
            "settle" => {}
            "alive" => out.line(format_args!("{} alive", self.tally.alive())),
            "freed" => out.line(format_args!("{} freed", self.tally.freed())),
            other => return Err(script.unknown(other)),
        }
        Ok(())
    }

    fn add(
        &mut self,
        script: &mut Script,
        key: &str,
        size: usize,
        out: &Out,
    ) -> Result<(), Stop> {
        hold(script, 1, size)?;
        if let Some(old) = self.cache.get(key) {
            script.release(1, old.value.len() + ENTRY_BYTES);
        }
        let value = Counted::named(&self.tally, key, vec![0; size]);
        add_to_cache(&mut self.cache, key.to_owned(), value);
        out.line(format_args!("added {key}: {} values", self.cache.len()));
        Ok(())
    }

    fn fill(
        &mut self,
        script: &mut Script,
        count: usize,
        size: usize,
        out: &Out,
    ) -> Result<(), Stop> {
        hold(script, count, size)?;
        let mut gone = 0;
        for key in 1..=count {
            let removed = self.put(script, key.to_string(), size);
            gone += usize::from(removed.is_some());
        }
        out.line(format_args!("put {count}: {gone} removed"));
        Ok(())
    }

    fn show_bytes(&self, out: &Out) {
        let says = |which, values: &[&Value]| {
            let bytes: usize =
                values.iter().map(|value| value.value.len()).sum();
            out.line(format_args!(
                "{which}: {} values, {bytes} bytes",
                values.len()
            ));
        };
        says("grows", &self.cache.values().collect::<Vec<_>>());
        says(
            "limited",
            &self.lru.entries().map(|e| &e.value).collect::<Vec<_>>(),
        );
    }

    /// Puts a value whose room is held already.
    fn put(
        &mut self,
        script: &mut Script,
        key: String,
        size: usize,
    ) -> Option<Entry<String, Value>> {
        let value = Counted::named(&self.tally, &key, vec![0; size]);
        let gone = self.lru.put(key, value);
        release(script, gone.as_slice());
        gone
    }
}

fn hold(script: &mut Script, count: usize, size: usize) -> Result<(), Stop> {
    script.hold(count, count * (size + ENTRY_BYTES))
}

fn release(script: &mut Script, gone: &[Entry<String, Value>]) {
    for entry in gone {
        script.release(1, entry.value.value.len() + ENTRY_BYTES);
    }
}

fn removed(gone: &[Entry<String, Value>]) -> String {
    format!("{} removed", list(&keys(gone.iter())))
}

fn keys<'a>(
    entries: impl Iterator<Item = &'a Entry<String, Value>>,
) -> Vec<&'a str> {
    entries.map(|entry| entry.key.as_str()).collect()
}

/// The first words, and how many more there are.
fn list(words: &[&str]) -> String {
    match words.len() {
        0 => "nothing".to_owned(),
        1..=SHOWN => words.join(" "),
        more => {
            format!("{} and {} more", words[..SHOWN].join(" "), more - SHOWN)
        }
    }
}

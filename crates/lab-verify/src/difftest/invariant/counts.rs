//! Values that are counted: each is made once, and freed once if it was released.

use crate::{
    difftest::invariant::{Broken, Seen, value},
    difftest::table::Part,
};

/// Most values that a script keeps alive.
const MAX_ALIVE: i64 = 1_000_000;

/// Answers about the same state.
#[derive(Default, Clone, Copy)]
struct State {
    alive: Option<i64>,
    freed: Option<i64>,
    /// Values that the topic still reaches.
    reached: Option<i64>,
}

/// Compares the answers about values with the values made and released before them.
pub fn check(seen: &Seen) -> Broken {
    let mut alive: Vec<i64> = seen.numbers("", " alive").collect();
    alive.extend(seen.numbers("", " live"));
    let (mut alive, mut freed) = (alive.into_iter(), seen.numbers("", " freed"));
    let mut reached = reached(seen).into_iter();
    let mut makers = Makers::default();
    let (mut made, mut state) = (Some(0), State::default());
    // Of what was asked last, and whether something was released since.
    let (mut before, mut released) = (0, false);
    for line in &seen.lines {
        let operation = seen.table.iter().find(|o| o.word == line[0]);
        let Some(part) = operation.map(|operation| operation.part) else {
            continue;
        };
        let more = makers.made(seen.topic, line);
        made = made.zip(more).map(|(made, more)| made + more);
        if part == Part::Releases || more != Some(0) {
            state = State::default();
            released |= part == Part::Releases;
        }
        match line[0] {
            "alive" | "live" if part == Part::NeedsSettle => state.alive = alive.next(),
            "freed" if part == Part::NeedsSettle => {
                state.freed = freed.next();
                let now = state.freed.unwrap_or_default();
                if now < before || (now > before && !released) {
                    return Err(format!(
                        "{before} were freed, and {now} are although {}",
                        if released {
                            "none comes back"
                        } else {
                            "nothing was released"
                        }
                    ));
                }
                (before, released) = (now, false);
            }
            word if asks_what_is_reached(seen.topic, word) => state.reached = reached.next(),
            _ => {}
        }
        fits(state, made)?;
        makers.limit(seen.topic, line, state)?;
    }
    Ok(())
}

fn fits(state: State, made: Option<i64>) -> Broken {
    if let Some(alive) = state.alive.filter(|alive| !(0..=MAX_ALIVE).contains(alive)) {
        return Err(format!("no more than {MAX_ALIVE} live, and not {alive}"));
    }
    if let (Some(alive), Some(freed), Some(made)) = (state.alive, state.freed, made)
        && alive + freed != made
    {
        return Err(format!(
            "{made} were made, so {alive} that live and {freed} that are freed do not add up"
        ));
    }
    if let (Some(alive), Some(reached)) = (state.alive, state.reached)
        && alive != reached
    {
        return Err(format!(
            "{reached} can be reached, so {alive} cannot be all that live"
        ));
    }
    Ok(())
}

/// What decides how many values a line makes, and how many may live.
struct Makers {
    births: i64,
    limit: i64,
}

impl Default for Makers {
    fn default() -> Self {
        Makers {
            births: 10,
            limit: MAX_ALIVE,
        }
    }
}

impl Makers {
    /// The number of values that a line makes; `None` if the topic is unknown.
    fn made(&mut self, topic: &str, line: &[&str]) -> Option<i64> {
        let first = value(line, 1);
        Some(match (topic, line[0]) {
            ("cycles", "node")
            | ("footprint", "push" | "insert")
            | ("leaks", "add" | "put")
            | ("pauses", "request")
            | ("reclaim", "alloc")
            | ("sharing", "share") => 1,
            ("cycles", "chain")
            | ("footprint" | "leaks", "fill")
            | ("pauses", "requests")
            | ("reclaim", "allocs" | "scope") => first,
            ("pauses", "live") => first * 4,
            ("deadline", "births") => {
                self.births = first;
                0
            }
            ("deadline", "frame") => first * self.births,
            (
                "cycles" | "deadline" | "footprint" | "leaks" | "pauses" | "reclaim" | "sharing",
                _,
            ) => 0,
            _ => return None,
        })
    }

    /// A window holds no more than it has places.
    fn limit(&mut self, topic: &str, line: &[&str], state: State) -> Broken {
        match (topic, line[0], state.alive) {
            ("reclaim", "window", _) => self.limit = value(line, 1),
            ("reclaim", "live", Some(alive)) if alive > self.limit => {
                return Err(format!("{alive} live in {} places", self.limit));
            }
            _ => {}
        }
        Ok(())
    }
}

fn asks_what_is_reached(topic: &str, word: &str) -> bool {
    matches!(
        (topic, word),
        ("deadline", "particles")
            | ("footprint", "length")
            | ("leaks", "bytes")
            | ("pauses", "sessions")
            | ("reclaim", "sum")
    )
}

/// How many values each of those questions found.
fn reached(seen: &Seen) -> Vec<i64> {
    match seen.topic {
        "deadline" => seen.numbers("", " particles, ").collect(),
        "footprint" => seen.numbers("length ", "").collect(),
        "leaks" => {
            let grows = seen.numbers("grows: ", " values, ");
            grows
                .zip(seen.numbers("limited: ", " values, "))
                .map(|(grows, limited)| grows + limited)
                .collect()
        }
        "pauses" => seen.numbers("", " open").map(|open| open * 4).collect(),
        "reclaim" => seen.numbers("", " kept, sum ").collect(),
        _ => Vec::new(),
    }
}

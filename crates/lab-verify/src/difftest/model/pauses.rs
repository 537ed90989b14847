use std::collections::BTreeMap;

use super::{End, Line, Model, Values, World, not_alive, numbered, refused, some};

const VISIT: u64 = 64;

/// Every session with the numbers of all its visits, the last one last.
#[derive(Clone, Default)]
pub struct Sessions {
    open: BTreeMap<i64, Vec<u64>>,
    opened: i64,
    visits: u64,
}

impl Sessions {
    fn visit(&mut self, key: i64) -> i64 {
        self.visits += 1;
        let visits = self.open.entry(key).or_default();
        visits.push(self.visits);
        // The byte of the page.
        (key + visits.len() as i64) % 256
    }

    /// Visits random sessions, and returns a checksum of what the visits answer.
    fn visit_randomly(&mut self, count: i64, seed: u64) -> i64 {
        let (mut lots, mut sum) = (seed, 0);
        let first = self.opened + 1 - self.open.len() as i64;
        for _ in 0..count {
            let next = u128::from(lots) * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407;
            lots = next as u64;
            let key = first + (lots >> 33) as i64 % self.open.len() as i64;
            sum = (sum * 31 + self.visit(key)) % 1_000_000_007;
        }
        sum
    }

    fn alive(&self) -> u64 {
        self.open.len() as u64 * 4
    }

    fn visits(&self, key: i64) -> Result<&[u64], End> {
        match self.open.get(&key) {
            Some(visits) => Ok(visits),
            None => not_alive(key),
        }
    }
}

fn pass(world: &mut World, count: u64) -> Result<(), End> {
    world.hold(count, count * VISIT)?;
    world.release(count, count * VISIT);
    Ok(())
}

impl Model for Sessions {
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        let number = line.numbers.first().copied().unwrap_or_default();
        match line.word {
            "live" => {
                let count = number as u64;
                world.hold(count * 4, count * 4 * VISIT)?;
                let first = self.opened + 1;
                self.opened += number;
                for key in first..=self.opened {
                    (0..4).for_each(|_| {
                        self.visit(key);
                    });
                }
                world.say(format!("sessions {first} to {}", self.opened));
            }
            "request" => {
                self.visits(number)?;
                pass(world, 1)?;
                let byte = self.visit(number);
                world.say(format!("1024 bytes of {byte}"));
            }
            "requests" => {
                if self.open.is_empty() {
                    return refused("no session is open");
                }
                pass(world, number as u64)?;
                let sum = self.visit_randomly(number, line.whole(1));
                world.say(format!("checksum {sum}"));
            }
            "history" => {
                let last = self.visits(number)?.iter().rev().take(4);
                world.say(format!("visits {}", super::list(last)));
            }
            "sessions" => world.say(format!("{} open", self.open.len())),
            "drop" | "clear" => {
                let open = self.open.len();
                let count = if line.word == "drop" {
                    number as usize
                } else {
                    open
                };
                if count > open {
                    return refused(format!("only {open} sessions are open"));
                }
                for _ in 0..count {
                    self.open.pop_first();
                }
                world.release(count as u64 * 4, count as u64 * 4 * VISIT);
            }
            "settle" => {}
            "alive" => world.say(format!("{} alive", self.alive())),
            "freed" => world.say(format!("{} freed", self.visits - self.alive())),
            _ => return Err(End::Unknown),
        }
        Ok(())
    }

    fn values(&self) -> Option<Values> {
        let living = self
            .open
            .values()
            .flat_map(|visits| visits.iter().rev().take(4));
        numbered(self.visits as usize, living.map(|visit| *visit as usize))
    }

    fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        match (word, place) {
            ("request" | "history", 0) => some(self.open.keys()),
            ("drop", 0) => some(1..=self.open.len().min(3)),
            _ => Vec::new(),
        }
    }
}

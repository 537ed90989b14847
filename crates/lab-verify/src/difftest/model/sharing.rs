use std::collections::BTreeMap;

use super::{End, Line, Links, Model, Values, World, not_alive, numbered, refused, some};

/// The value of each worker, and a number for each value.
#[derive(Clone, Default)]
pub struct Shop {
    workers: BTreeMap<i64, usize>,
    started: i64,
    sums: Vec<u64>,
}

impl Shop {
    fn room(&self, workers: usize) -> Result<(), End> {
        if self.workers.len() + workers > 64 {
            return refused("more than 64 workers");
        }
        Ok(())
    }

    fn start(&mut self, value: usize) {
        self.started += 1;
        self.workers.insert(self.started, value);
    }

    fn value_of(&self, worker: i64) -> Result<usize, End> {
        match self.workers.get(&worker) {
            Some(&value) => Ok(value),
            None => refused(format!("worker {worker} has ended or never was")),
        }
    }

    fn count(&self, value: usize) -> usize {
        self.workers
            .values()
            .filter(|other| **other == value)
            .count()
    }

    fn sharers(&self, value: i64) -> Result<usize, End> {
        match self.count(value as usize) {
            0 => not_alive(value),
            count => Ok(count),
        }
    }

    fn alive(&self) -> usize {
        (1..=self.sums.len())
            .filter(|&value| self.count(value) > 0)
            .count()
    }
}

impl Model for Shop {
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        let number = line.numbers.first().copied().unwrap_or_default();
        match line.word {
            "share" => {
                self.room(number as usize)?;
                world.hold(1, 64)?;
                self.sums.push(0);
                let (value, first) = (self.sums.len(), self.started + 1);
                (0..number).for_each(|_| self.start(value));
                world.say(format!(
                    "value {value}: workers {first} to {}",
                    self.started
                ));
            }
            "clone" => {
                let value = self.value_of(number)?;
                self.room(1)?;
                self.start(value);
                world.say(format!("worker {} shares value {value}", self.started));
            }
            "work" => {
                let count = self.sharers(number)? as u64;
                let sum = &mut self.sums[number as usize - 1];
                *sum += count * line.whole(1);
                world.say(format!("value {number}: {sum}"));
            }
            "count" => world.say(format!("{} workers", self.sharers(number)?)),
            "drop" => {
                let value = self.value_of(number)?;
                self.workers.remove(&number);
                let left = self.count(value);
                if left == 0 {
                    world.release(1, 64);
                }
                world.say(format!("{left} workers left"));
            }
            "settle" => {}
            "alive" => world.say(format!("{} alive", self.alive())),
            "freed" => world.say(format!("{} freed", self.sums.len() - self.alive())),
            _ => return Err(End::Unknown),
        }
        Ok(())
    }

    fn values(&self) -> Option<Values> {
        let living = self.workers.values().copied();
        let mut links = Links::default();
        for (number, value) in &self.workers {
            links.hold_through(format!("worker {number}"), *value);
        }
        Some(numbered(self.sums.len(), living)?.with_links(links))
    }

    fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        match (word, place) {
            ("clone" | "drop", 0) => some(self.workers.keys()),
            ("work" | "count", 0) => some(self.workers.values()),
            ("share", 0) => some(1..4),
            _ => Vec::new(),
        }
    }
}

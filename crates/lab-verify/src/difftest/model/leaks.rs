use std::collections::BTreeMap;

use super::{End, Line, Model, Names, Values, World, some};

const ENTRY: u64 = 128;

/// Two caches; the one with a limit looks through all its entries for the oldest.
#[derive(Clone)]
pub struct Caches {
    /// Size and number of the value, by key.
    grows: BTreeMap<String, (u64, usize)>,
    /// Time of last use, size and number of the value, by key.
    limited: BTreeMap<String, (u64, u64, usize)>,
    limit: usize,
    clock: u64,
    names: Names,
}

impl Default for Caches {
    fn default() -> Self {
        Caches {
            grows: BTreeMap::new(),
            limited: BTreeMap::new(),
            limit: 3,
            clock: 0,
            names: Names::default(),
        }
    }
}

impl Caches {
    /// Puts a value into the cache without a limit.
    fn add(&mut self, world: &mut World, key: &str, size: u64) -> Result<(), End> {
        world.hold(1, size + ENTRY)?;
        let value = (size, self.names.add(key));
        if let Some((old, _)) = self.grows.insert(key.to_owned(), value) {
            world.release(1, old + ENTRY);
        }
        world.say(format!("added {key}: {} values", self.grows.len()));
        Ok(())
    }

    /// Puts values with the keys 1 to `count` into the cache with a limit.
    fn fill(&mut self, world: &mut World, count: u64, size: u64) -> Result<(), End> {
        // The scan for the oldest makes it quadratic.
        if count * self.limit as u64 > 100_000_000
            && self.limited.len() + count as usize > self.limit
        {
            return Err(End::Beyond);
        }
        world.hold(count, count * (size + ENTRY))?;
        let gone: usize = (1..=count)
            .map(|key| self.put(world, &key.to_string(), size).len())
            .sum();
        world.say(format!("put {count}: {gone} removed"));
        Ok(())
    }

    fn set_limit(&mut self, world: &mut World, limit: usize) {
        self.limit = limit;
        let keys = self.keys();
        let gone = &keys[..keys.len().saturating_sub(self.limit)];
        for key in gone {
            self.remove(world, key);
        }
        world.say(format!("limit {}: {} removed", self.limit, shown(gone)));
    }

    fn put(&mut self, world: &mut World, key: &str, size: u64) -> Vec<String> {
        let mut gone = Vec::new();
        if self.remove(world, key) {
            gone.push(key.to_owned());
        } else if self.limited.len() == self.limit {
            gone.extend(self.evict(world));
        }
        self.clock += 1;
        let number = self.names.add(key);
        self.limited
            .insert(key.to_owned(), (self.clock, size, number));
        gone
    }

    fn remove(&mut self, world: &mut World, key: &str) -> bool {
        let gone = self.limited.remove(key);
        if let Some((_, size, _)) = gone {
            world.release(1, size + ENTRY);
        }
        gone.is_some()
    }

    fn evict(&mut self, world: &mut World) -> Option<String> {
        let oldest = self
            .limited
            .iter()
            .min_by_key(|(_, (used, ..))| *used)?
            .0
            .clone();
        self.remove(world, &oldest);
        Some(oldest)
    }

    fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.limited.iter().collect();
        keys.sort_by_key(|(_, (used, ..))| *used);
        keys.into_iter().map(|(key, _)| key.clone()).collect()
    }
}

impl Model for Caches {
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        let key = line.names.first().copied().unwrap_or_default();
        match line.word {
            "add" => self.add(world, key, line.whole(0))?,
            "put" => {
                world.hold(1, line.whole(0) + ENTRY)?;
                let gone = self.put(world, key, line.whole(0));
                world.say(format!("put {key}: {} removed", shown(&gone)));
            }
            "fill" => self.fill(world, line.whole(0), line.whole(1))?,
            "get" => match self.limited.get_mut(key) {
                Some((used, size, _)) => {
                    self.clock += 1;
                    *used = self.clock;
                    world.say(format!("{size} bytes"));
                }
                None => world.say("nothing"),
            },
            "remove" => {
                let gone = if self.remove(world, key) {
                    vec![key.to_owned()]
                } else {
                    Vec::new()
                };
                world.say(format!("{} removed", shown(&gone)));
            }
            "evict" => {
                let gone: Vec<String> = self.evict(world).into_iter().collect();
                world.say(format!("{} removed", shown(&gone)));
            }
            "limit" => self.set_limit(world, line.whole(0) as usize),
            "keys" => world.say(format!("keys {}", shown(&self.keys()))),
            "bytes" => {
                let (grows, limited) = (self.grows.len(), self.limited.len());
                let bytes: u64 = self.grows.values().map(|(size, _)| size).sum();
                world.say(format!("grows: {grows} values, {bytes} bytes"));
                let bytes: u64 = self.limited.values().map(|(_, size, _)| size).sum();
                world.say(format!("limited: {limited} values, {bytes} bytes"));
            }
            "settle" => {}
            "alive" => world.say(format!("{} alive", self.grows.len() + self.limited.len())),
            "freed" => {
                let freed = self.names.made - self.grows.len() - self.limited.len();
                world.say(format!("{freed} freed"));
            }
            _ => return Err(End::Unknown),
        }
        Ok(())
    }

    fn values(&self) -> Option<Values> {
        let grows = self.grows.values().map(|(_, number)| *number);
        let limited = self.limited.values().map(|(_, _, number)| *number);
        self.names.values(grows.chain(limited))
    }

    fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        match (word, place) {
            ("get" | "remove" | "put", 0) => some(self.limited.keys()),
            ("limit", 0) => some(1..6),
            _ => Vec::new(),
        }
    }
}

fn shown(keys: &[String]) -> String {
    match keys {
        [] => "nothing".to_owned(),
        keys if keys.len() <= 20 => keys.join(" "),
        keys => format!("{} and {} more", keys[..20].join(" "), keys.len() - 20),
    }
}

use super::{End, Line, Links, Model, Names, Values, World, list, refused, some};

const NODE: u64 = 64;

/// A list in a `Vec`, whose last value is the one in front.
#[derive(Clone, Default)]
pub struct List {
    /// Each value with its number among all that were made.
    values: Vec<(i64, usize)>,
    names: Names,
}

impl List {
    fn push(&mut self, world: &mut World, value: i64, count: i64) -> Result<(), End> {
        world.hold(count as u64, count as u64 * NODE)?;
        for value in value..value + count {
            let number = self.names.add(&value);
            self.values.push((value, number));
        }
        Ok(())
    }

    fn remove(&mut self, place: usize) -> String {
        let last = self.values.len().checked_sub(place + 1);
        last.map_or("none".to_owned(), |place| {
            self.values.remove(place).0.to_string()
        })
    }
}

impl Model for List {
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        let before = self.values.len();
        let number = line.numbers.first().copied().unwrap_or_default();
        match line.word {
            "push" => self.push(world, number, 1)?,
            "fill" => self.push(world, 1, number)?,
            "insert" => {
                self.push(world, line.numbers[1], 1)?;
                if number as usize > before {
                    return refused(format!("the list ends before {number}"));
                }
                let value = self.values.remove(before);
                self.values.insert(before - number as usize, value);
            }
            "pop" => world.say(self.remove(0)),
            "remove" => world.say(self.remove(number as usize)),
            "thin" => {
                let step = number as usize;
                let places = (1..).zip(self.values.drain(..).rev());
                let mut kept: Vec<_> = places
                    .filter(|(p, _)| p % step != 0)
                    .map(|(_, v)| v)
                    .collect();
                kept.reverse();
                self.values = kept;
                world.say(format!("removed {}", before - self.values.len()));
            }
            "clear" => self.values.clear(),
            "reverse" => self.values.reverse(),
            "length" => world.say(format!("length {before}")),
            "sum" => world.say(format!(
                "sum {}",
                self.values.iter().map(|(value, _)| value).sum::<i64>()
            )),
            "first" => world.say({
                let first = self.values.iter().rev().take(number as usize);
                list(first.map(|(value, _)| value))
            }),
            "settle" => {}
            "alive" => world.say(format!("{before} alive")),
            "freed" => world.say(format!("{} freed", self.names.made - before)),
            _ => return Err(End::Unknown),
        }
        let gone = before.saturating_sub(self.values.len()) as u64;
        world.release(gone, gone * NODE);
        Ok(())
    }

    fn values(&self) -> Option<Values> {
        let living = self.values.iter().map(|(_, number)| *number);
        let mut links = Links::default();
        links.held.extend(living.clone().next_back());
        for (next, this) in living.clone().zip(living.clone().skip(1)) {
            links.strong(this, next);
        }
        Some(self.names.values(living)?.with_links(links))
    }

    fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        match (word, place) {
            ("insert" | "remove", 0) => some(0..=self.values.len()),
            ("thin", 0) => some(1..4),
            _ => Vec::new(),
        }
    }
}

use std::collections::VecDeque;

use super::{End, Line, Model, Names, Values, World, not_alive, some};

/// A queue of numbered buffers, the oldest first; one that was released leaves a gap.
#[derive(Clone)]
pub struct Window {
    /// Of each buffer its number, its size, and its number among all values.
    kept: VecDeque<(i64, u64, usize)>,
    places: i64,
    numbered: i64,
    names: Names,
}

impl Default for Window {
    fn default() -> Self {
        Window {
            kept: VecDeque::new(),
            places: 1000,
            numbered: 0,
            names: Names::default(),
        }
    }
}

impl Window {
    fn alloc(&mut self, world: &mut World, size: u64) -> Result<(), End> {
        world.hold(1, size)?;
        self.numbered += 1;
        let value = self.names.add(&self.numbered);
        self.kept.push_back((self.numbered, size, value));
        self.pass(world);
        Ok(())
    }

    /// Lets go of what has no place any more.
    fn pass(&mut self, world: &mut World) {
        while let Some((_, size, _)) = self
            .kept
            .pop_front_if(|(n, ..)| *n <= self.numbered - self.places)
        {
            world.release(1, size);
        }
    }

    fn place(&self, number: i64) -> Result<usize, End> {
        match self.kept.iter().position(|(kept, ..)| *kept == number) {
            Some(place) => Ok(place),
            None => not_alive(number),
        }
    }
}

/// The sum of a buffer: every byte is the lowest of its number.
fn sum(number: i64, size: u64) -> u64 {
    number as u64 % 256 * size
}

impl Model for Window {
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        match line.word {
            "window" => {
                self.places = line.numbers[0];
                self.pass(world);
            }
            "alloc" => {
                self.alloc(world, line.whole(0))?;
                world.say(format!("buffer {}", self.numbered));
            }
            "allocs" => {
                let first = self.numbered + 1;
                for _ in 0..line.whole(0) {
                    self.alloc(world, line.whole(1))?;
                }
                world.say(format!("buffers {first} to {}", self.numbered));
            }
            "scope" => {
                let (count, size) = (line.whole(0), line.whole(1));
                world.hold(count, count * size)?;
                world.release(count, count * size);
                for _ in 0..count {
                    self.names.add("scope");
                }
                let total: u64 = (1..=count as i64).map(|number| sum(number, size)).sum();
                world.say(format!("{count} used, sum {total}"));
            }
            "release" => {
                let place = self.place(line.numbers[0])?;
                if let Some((_, size, _)) = self.kept.remove(place) {
                    world.release(1, size);
                }
            }
            "clear" => {
                for (_, size, _) in self.kept.drain(..) {
                    world.release(1, size);
                }
            }
            "settle" => {}
            "live" => world.say(format!("{} live", self.kept.len())),
            "freed" => world.say(format!("{} freed", self.names.made - self.kept.len())),
            "show" => {
                let (number, size, _) = self.kept[self.place(line.numbers[0])?];
                world.say(format!("size {size}, sum {}", sum(number, size)));
            }
            "sum" => {
                let total: u64 = self
                    .kept
                    .iter()
                    .map(|&(number, size, _)| sum(number, size))
                    .sum();
                world.say(format!("{} kept, sum {total}", self.kept.len()));
            }
            _ => return Err(End::Unknown),
        }
        Ok(())
    }

    fn values(&self) -> Option<Values> {
        let living = self.kept.iter().map(|(_, _, value)| *value);
        self.names.values(living)
    }

    fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        match (word, place) {
            ("release" | "show", 0) => some(self.kept.iter().map(|(number, ..)| number)),
            ("window", 0) => some(1..6),
            _ => Vec::new(),
        }
    }
}

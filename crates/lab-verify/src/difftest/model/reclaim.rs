use std::collections::VecDeque;

use super::{End, Line, Model, World, not_alive, some};

/// A queue of numbered buffers, the oldest first; one that was released leaves a gap.
#[derive(Clone)]
pub struct Window {
    kept: VecDeque<(i64, u64)>,
    places: i64,
    numbered: i64,
    made: u64,
}

impl Default for Window {
    fn default() -> Self {
        Window {
            kept: VecDeque::new(),
            places: 1000,
            numbered: 0,
            made: 0,
        }
    }
}

impl Window {
    fn alloc(&mut self, world: &mut World, size: u64) -> Result<(), End> {
        world.hold(1, size)?;
        self.numbered += 1;
        self.made += 1;
        self.kept.push_back((self.numbered, size));
        self.pass(world);
        Ok(())
    }

    /// Lets go of what has no place any more.
    fn pass(&mut self, world: &mut World) {
        while let Some((_, size)) = self
            .kept
            .pop_front_if(|(n, _)| *n <= self.numbered - self.places)
        {
            world.let_go(1, size);
        }
    }

    fn place(&self, number: i64) -> Result<usize, End> {
        match self.kept.iter().position(|(kept, _)| *kept == number) {
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
                world.let_go(count, count * size);
                self.made += count;
                let total: u64 = (1..=count as i64).map(|number| sum(number, size)).sum();
                world.say(format!("{count} used, sum {total}"));
            }
            "release" => {
                let place = self.place(line.numbers[0])?;
                if let Some((_, size)) = self.kept.remove(place) {
                    world.let_go(1, size);
                }
            }
            "clear" => {
                for (_, size) in self.kept.drain(..) {
                    world.let_go(1, size);
                }
            }
            "settle" => {}
            "live" => world.say(format!("{} live", self.kept.len())),
            "freed" => world.say(format!("{} freed", self.made - self.kept.len() as u64)),
            "show" => {
                let (number, size) = self.kept[self.place(line.numbers[0])?];
                world.say(format!("size {size}, sum {}", sum(number, size)));
            }
            "sum" => {
                let total: u64 = self
                    .kept
                    .iter()
                    .map(|&(number, size)| sum(number, size))
                    .sum();
                world.say(format!("{} kept, sum {total}", self.kept.len()));
            }
            _ => return Err(End::Unknown),
        }
        Ok(())
    }

    fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        match (word, place) {
            ("release" | "show", 0) => some(self.kept.iter().map(|(number, _)| number)),
            ("window", 0) => some(1..6),
            _ => Vec::new(),
        }
    }
}

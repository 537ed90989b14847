use std::collections::BTreeMap;

use super::{End, Line, Model, World, not_alive, refused, some};

const SIZE: u64 = 65_536;

/// The arena's bytes, and for each block where it begins and ends.
#[derive(Clone)]
pub struct Arena {
    bytes: Vec<u64>,
    blocks: BTreeMap<i64, (u64, u64)>,
    marks: Vec<(u64, i64)>,
    used: u64,
    made: i64,
}

impl Default for Arena {
    fn default() -> Self {
        Arena {
            bytes: vec![0; SIZE as usize],
            blocks: BTreeMap::new(),
            marks: Vec::new(),
            used: 0,
            made: 0,
        }
    }
}

impl Arena {
    fn block(&self, number: i64) -> Result<(u64, u64), End> {
        match self.blocks.get(&number) {
            Some(block) => Ok(*block),
            None => not_alive(number),
        }
    }
}

impl Model for Arena {
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        match line.word {
            "alloc" => {
                let (size, align) = (line.whole(0), line.whole(1));
                if align.count_ones() != 1 {
                    return refused(format!("ALIGN: \"{align}\" is not a power of two"));
                }
                let start = self.used.div_ceil(align) * align;
                if start + size > SIZE {
                    world.say("no room");
                    return Ok(());
                }
                let overlaps = |&(from, to): &(u64, u64)| from < start + size && start < to;
                if self.blocks.values().any(overlaps) {
                    return refused("the model itself is wrong: blocks overlap");
                }
                self.used = start + size;
                self.made += 1;
                self.blocks.insert(self.made, (start, start + size));
                world.say(format!("block {} at {start}", self.made));
            }
            "fill" => {
                let (from, to) = self.block(line.numbers[0])?;
                self.bytes[from as usize..to as usize].fill(line.whole(1));
            }
            "sum" => {
                let (from, to) = self.block(line.numbers[0])?;
                let sum: u64 = self.bytes[from as usize..to as usize].iter().sum();
                world.say(format!("sum {sum}"));
            }
            "free" => {
                self.block(line.numbers[0])?;
                self.blocks.remove(&line.numbers[0]);
            }
            "mark" => {
                if self.marks.len() == 100 {
                    return refused("more than 100 marks");
                }
                self.marks.push((self.used, self.made));
            }
            "reset" => {
                let (used, made) = self.marks.pop().unwrap_or_default();
                self.used = used;
                self.blocks.retain(|number, _| *number <= made);
            }
            "stats" => {
                let bytes: u64 = self.blocks.values().map(|(from, to)| to - from).sum();
                let (used, count) = (self.used, self.blocks.len());
                world.say(format!(
                    "{used} of {SIZE} bytes used, {count} blocks of {bytes} bytes alive"
                ));
            }
            _ => return Err(End::Unknown),
        }
        Ok(())
    }

    fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        match (word, place) {
            ("fill" | "sum" | "free", 0) => some(self.blocks.keys()),
            ("alloc", 0) => some([1, 8, 24, 100, SIZE.saturating_sub(self.used)].iter()),
            ("alloc", 1) => some((0..13).map(|power| 1 << power)),
            _ => Vec::new(),
        }
    }
}

use std::collections::BTreeSet;

use super::{End, Line, Model, World, refused};

const NUMBERS: u64 = 1_000_000;

/// Nothing is kept from line to line: each is a formula.
#[derive(Clone, Default)]
pub struct Formulas;

impl Model for Formulas {
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        let (n, times) = (line.numbers[0], line.numbers[1]);
        let sized = matches!(line.word, "unknown" | "grown" | "table");
        if sized && line.whole(0) * line.whole(1) > NUMBERS {
            return refused(format!("more than {NUMBERS} numbers"));
        }
        let result = match line.word {
            "local" | "heap" | "fleeting" | "lent" | "spawned" => (n + 1) * times,
            "counter" => n + times,
            "any_shape" | "measured" => n * n * times,
            "any_value" => n * times,
            "known" | "copied" => (n..n + 8).sum::<i64>() * times,
            "unknown" | "grown" => (0..n).sum::<i64>() * times,
            "table" => {
                let squares: BTreeSet<i64> = (0..n).map(|i| i * i % 1000).collect();
                squares.len() as i64 * times
            }
            "joined" => {
                world.say(format!("joined number {n}"));
                return Ok(());
            }
            _ => return Err(End::Unknown),
        };
        world.say(format!("{} {result}", line.word));
        Ok(())
    }
}

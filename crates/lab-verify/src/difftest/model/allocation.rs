use super::{End, Line, Model, World, refused};

const INTEGERS: u64 = 100_000_000;

/// Makes no slices at all: what they add up to is a formula.
#[derive(Clone, Default)]
pub struct Sum(u64);

impl Model for Sum {
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        let all = ["removable", "observed", "escaping"];
        let forms = match line.word {
            "sum" => {
                world.say(format!("sum {}", self.0));
                return Ok(());
            }
            "clear" => {
                self.0 = 0;
                return Ok(());
            }
            "slices" => &all[..],
            form => match all.iter().position(|known| *known == form) {
                Some(place) => &all[place..=place],
                None => return Err(End::Unknown),
            },
        };
        let (count, length) = (line.whole(0), line.whole(1));
        if count * length * forms.len() as u64 > INTEGERS {
            return refused(format!("more than {INTEGERS} integers"));
        }
        let each = if length == 0 {
            0
        } else {
            count * length + count * count.saturating_sub(1) / 2
        };
        for form in forms {
            world.say(format!("{form} {each}"));
            self.0 += each;
        }
        Ok(())
    }
}

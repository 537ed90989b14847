//! A third opinion: two languages can share a mistake, so each topic with a state has a deliberately
//! simple model here. A model shares no code with the programs, not even the reader of scripts.
//! [`ModelRun`](super::model_run::ModelRun) runs it.

mod allocation;
mod allocator;
mod cycles;
mod deadline;
mod destruction;
mod escape;
mod footprint;
mod leaks;
mod pauses;
mod reclaim;
mod server;
mod sharing;

use super::{
    line::{End, Line, not_alive, refused},
    values::{Links, Names, Values, numbered},
};

/// Most objects that a script may hold.
pub const MAX_OBJECTS: u64 = 1_000_000;

/// Most bytes that a script may hold.
pub const MAX_BYTES: u64 = 256 << 20;

/// A topic's model.
pub trait Model: Fork {
    /// Performs a well-formed line.
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End>;
    /// Performs what still happens at the end of the script.
    fn end(&mut self, _: &mut World) {}
    /// The values made so far, if the topic counts them one by one.
    fn values(&self) -> Option<Values> {
        None
    }
    /// Operands that make sense now: what lives, what fits. An operand is identified by its operation and
    /// its place, from 0.
    fn sensible(&self, _word: &str, _place: usize) -> Vec<String> {
        Vec::new()
    }
}

/// A model can be copied as it is now.
pub trait Fork {
    /// The copy.
    fn fork(&self) -> Box<dyn Model>;
}

impl<T: Model + Clone + 'static> Fork for T {
    fn fork(&self) -> Box<dyn Model> {
        Box::new(self.clone())
    }
}

/// What a model prints and holds.
#[derive(Default, Clone)]
pub struct World {
    /// What was printed.
    pub printed: String,
    /// Whether the topic has an operation that settles.
    pub settles: bool,
    /// Objects and bytes that are held.
    pub held: [u64; 2],
    /// Objects and bytes that were released and count until the script settles.
    pub released: [u64; 2],
    /// Most objects that a line may make, and how many the current line may still make. A larger line is
    /// beyond the model, unless it is refused.
    pub objects_a_line: Option<(u64, u64)>,
}

impl World {
    fn say(&mut self, line: impl AsRef<str>) {
        self.printed += line.as_ref();
        self.printed += "\n";
    }

    fn hold(&mut self, objects: u64, bytes: u64) -> Result<(), End> {
        if self.held[0] + self.released[0] + objects > MAX_OBJECTS {
            return refused(too_many(0));
        }
        if self.held[1] + self.released[1] + bytes > MAX_BYTES {
            return refused(too_many(1));
        }
        if let Some((_, left)) = &mut self.objects_a_line {
            *left = left.checked_sub(objects).ok_or(End::Beyond)?;
        }
        self.held[0] += objects;
        self.held[1] += bytes;
        Ok(())
    }

    fn release(&mut self, objects: u64, bytes: u64) {
        self.held[0] -= objects;
        self.held[1] -= bytes;
        if self.settles {
            self.released[0] += objects;
            self.released[1] += bytes;
        }
    }
}

/// Why a line is refused that would hold too many objects, 0, or bytes, 1.
pub fn too_many(kind: usize) -> String {
    let (limit, what) = [(MAX_OBJECTS, "objects"), (MAX_BYTES, "bytes")][kind];
    format!("more than {limit} {what} alive")
}

/// Some of what lives, as operands: the first and the last ones.
fn some<T: ToString>(living: impl DoubleEndedIterator<Item = T> + Clone) -> Vec<String> {
    const MAX: usize = 12;
    let mut some: Vec<T> = living.clone().take(MAX).collect();
    some.extend(living.rev().take(MAX));
    some.iter().map(ToString::to_string).collect()
}

/// Words with blanks between, or `none`.
fn list<T: ToString>(words: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
    if words.is_empty() {
        return "none".to_owned();
    }
    words.join(" ")
}

/// A topic's model at the beginning of a script; `None` if the topic has none.
pub fn of_topic(topic: &str) -> Option<Box<dyn Model>> {
    Some(match topic {
        "allocation" => Box::<allocation::Sum>::default(),
        "allocator" => Box::<allocator::Arena>::default(),
        "cycles" => Box::<cycles::Forest>::default(),
        "deadline" => Box::<deadline::Desk>::default(),
        "destruction" => Box::<destruction::Desk>::default(),
        "escape" => Box::<escape::Formulas>::default(),
        "footprint" => Box::<footprint::List>::default(),
        "leaks" => Box::<leaks::Caches>::default(),
        "pauses" => Box::<pauses::Sessions>::default(),
        "reclaim" => Box::<reclaim::Window>::default(),
        "server" => Box::<server::Site>::default(),
        "sharing" => Box::<sharing::Shop>::default(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use lab_workspace::{folder, project::Project};

    #[test]
    fn every_model_belongs_to_a_topic() {
        let project = Project::find().expect("tests run inside the project");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/difftest/model");
        for path in folder::entries(&folder).expect("the models") {
            let name = path.file_stem().expect("a name").to_string_lossy();
            assert!(of_topic(&name).is_some(), "{name} is not used");
            assert!(project.topic(&name).is_ok(), "{name} is no topic");
        }
    }
}

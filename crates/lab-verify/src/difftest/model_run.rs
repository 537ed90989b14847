//! Runs a topic's model on a script, line by line.

use super::{
    line::{self, End},
    model::{self, MAX_BYTES, MAX_OBJECTS, Model, World},
    programs::Answer,
    table::{Operation, Part},
    values::Values,
};

/// What a model answers to a script.
#[derive(Debug)]
pub enum Opinion {
    /// What both programs have to answer.
    Says(Answer),
    /// Nothing: the script is beyond the model, or the topic has none.
    None,
    /// The model does not know this operation.
    Unknown(String),
}

/// What the topic's model answers to a script.
pub fn answer(topic: &str, table: &[Operation], script: &[u8]) -> Opinion {
    let Some(mut run) = ModelRun::new(topic, table) else {
        return Opinion::None;
    };
    let mut lines: Vec<&[u8]> = script.split(|&byte| byte == b'\n').collect();
    lines.pop_if(|last| last.is_empty());
    let mut stderr = String::new();
    for (number, raw) in (1..).zip(lines) {
        match run.perform(raw) {
            Ok(()) => {}
            Err(End::Beyond) => return Opinion::None,
            Err(End::Unknown) => return Opinion::Unknown(run.word),
            Err(End::Refused(what)) => {
                stderr = format!("error: line {number}: {what}\n");
                break;
            }
        }
    }
    run.model.end(&mut run.world);
    Opinion::Says(Answer::Said {
        code: if stderr.is_empty() { 0 } else { 2 },
        stdout: run.world.printed.into_bytes(),
        stderr: stderr.into_bytes(),
    })
}

/// A script that the model performs line by line.
pub struct ModelRun<'a> {
    table: &'a [Operation],
    model: Box<dyn Model>,
    world: World,
    unsettled: bool,
    /// The operation that was performed last.
    word: String,
}

impl<'a> ModelRun<'a> {
    /// A run that has performed nothing yet; `None` if the topic has no model.
    pub fn new(topic: &str, table: &'a [Operation]) -> Option<Self> {
        Some(ModelRun {
            table,
            model: model::of_topic(topic)?,
            world: World {
                settles: table.iter().any(|o| o.part == Part::Settles),
                ..World::default()
            },
            unsettled: false,
            word: String::new(),
        })
    }

    /// Takes no line that makes more objects than this: it would take too long.
    pub fn with_max_objects_a_line(mut self, max: u64) -> Self {
        self.world.objects_a_line = Some((max, max));
        self
    }

    /// A run that goes on from here without changing this one. It has printed nothing.
    pub fn fork(&self) -> Self {
        ModelRun {
            table: self.table,
            model: self.model.fork(),
            world: World {
                printed: String::new(),
                ..self.world
            },
            unsettled: self.unsettled,
            word: String::new(),
        }
    }

    /// Takes what was printed since the last time.
    pub fn take_printed(&mut self) -> String {
        std::mem::take(&mut self.world.printed)
    }

    /// Performs a line. After an error the run cannot go on.
    pub fn perform(&mut self, raw: &[u8]) -> Result<(), End> {
        let Some((line, part)) = line::read(raw, self.table, self.unsettled)? else {
            return Ok(());
        };
        match part {
            Part::Releases => self.unsettled = true,
            Part::Settles => {
                self.unsettled = false;
                self.world.released = [0, 0];
            }
            Part::NeedsSettle | Part::None => {}
        }
        line.word.clone_into(&mut self.word);
        if let Some((max, left)) = &mut self.world.objects_a_line {
            *left = *max;
        }
        self.model.perform(&line, &mut self.world)
    }

    /// The values made so far, if the topic counts them one by one.
    pub fn values(&self) -> Option<Values> {
        self.model.values()
    }

    /// Operands that make sense now.
    pub fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        self.model.sensible(word, place)
    }

    /// How many objects and bytes count, and how many may.
    pub fn used(&self) -> [(u64, u64); 2] {
        let used = |kind: usize| self.world.held[kind] + self.world.released[kind];
        [(used(0), MAX_OBJECTS), (used(1), MAX_BYTES)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::difftest::table;

    #[test]
    fn an_unknown_operation_is_reported_and_not_taken_for_a_large_script() {
        let chain = "chain\tLENGTH:whole:1..9999\t-\tmakes\ndrop\tROOT:id:1..9\treleases\tdrops\n";
        let table = format!("node\t-\t-\tmakes\n{chain}turn\t-\t-\tturns\n");
        let table = table::read(&table).expect("a table");
        let ask = |script: &str| answer("cycles", &table, script.as_bytes());
        assert!(matches!(ask("node\n"), Opinion::Says(_)));
        assert!(matches!(ask("node\nturn\n"), Opinion::Unknown(word) if word == "turn"));
        assert!(matches!(ask("chain 9999\ndrop 1\n"), Opinion::None));
        assert!(matches!(answer("thirteenth", &table, b""), Opinion::None));
    }
}

//! The journal of a run in progress: a line for each event, on disk before the next block is measured.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    path::PathBuf,
    str,
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::parse;
use crate::result::{Block, CaseKey, Measurement, Reject, Resident, ResultFile, Skipped, Tries};

/// A run in progress: its result so far, here and on disk.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    /// The result so far.
    pub found: ResultFile,
}

/// An event of a measurement.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A block that counts.
    Block(Box<Block>),
    /// A block that does not count.
    Rejected(Reject),
    /// Tries to take a block.
    Tried(Tries),
    /// Blocks needed, as the first ones show.
    #[serde(rename = "wanted")]
    NeededBlocks(usize),
    /// The measurement begins.
    Begun {
        /// Whether the scale is the case's own.
        own_scale: bool,
        /// Resident memory in an untimed run.
        resident: Resident,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Entry {
    Event {
        #[serde(rename = "subject")]
        key: CaseKey,
        event: Event,
    },
    Skipped {
        #[serde(rename = "left_out")]
        skipped: Skipped,
    },
}

/// The content of a journal.
#[derive(Debug, Default)]
pub struct Replayed {
    /// The result; `None` if the journal is empty.
    pub found: Option<ResultFile>,
    /// The lines that cannot be read, if any.
    pub damage: Option<String>,
}

impl Journal {
    /// Continues the journal at this path.
    pub(super) fn open(path: PathBuf, found: ResultFile) -> Result<Self> {
        let file = OpenOptions::new().append(true).open(&path)?;
        Ok(Journal { file, path, found })
    }

    /// The result, and the journal's path.
    pub(super) fn into_parts(self) -> (ResultFile, PathBuf) {
        (self.found, self.path)
    }

    /// Records an event of a measurement.
    pub fn add(&mut self, key: &CaseKey, event: Event) -> Result<()> {
        self.append(&Entry::Event {
            key: key.clone(),
            event: event.clone(),
        })?;
        apply(&mut self.found, key.clone(), event);
        Ok(())
    }

    /// Records that a query was skipped.
    pub fn skip(&mut self, skipped: Skipped) -> Result<()> {
        self.append(&Entry::Skipped {
            skipped: skipped.clone(),
        })?;
        self.found.skipped.push(skipped);
        Ok(())
    }

    /// The measurement with this key, as far as it got.
    pub fn measurement(&self, key: &CaseKey) -> Option<&Measurement> {
        self.found
            .measurements
            .iter()
            .find(|measurement| measurement.key == *key)
    }

    fn append(&mut self, entry: &Entry) -> Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let written = self
            .file
            .write_all(&line)
            .and_then(|()| self.file.sync_data());
        written.with_context(|| format!("cannot write {}", self.path.display()))
    }
}

fn apply(found: &mut ResultFile, key: CaseKey, event: Event) {
    let known = found.measurements.iter().position(|known| known.key == key);
    let place = known.unwrap_or_else(|| {
        let (blocks, rejected) = (Vec::new(), Vec::new());
        found.measurements.push(Measurement {
            key,
            own_scale: false,
            blocks,
            rejected,
            tries: Tries::default(),
            needed_blocks: None,
            resident: Resident::default(),
        });
        found.measurements.len() - 1
    });
    let measurement = &mut found.measurements[place];
    match event {
        Event::Block(block) => measurement.blocks.push(*block),
        Event::Rejected(reject) => measurement.rejected.push(reject),
        Event::Tried(tries) => measurement.tries.add(tries),
        Event::NeededBlocks(needed) => measurement.needed_blocks = Some(needed),
        Event::Begun {
            own_scale,
            resident,
        } => {
            measurement.own_scale = own_scale;
            measurement.resident = resident;
        }
    }
}

/// The journal of an earlier result.
pub(super) fn text(found: &ResultFile) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut head = found.clone();
    let measurements = std::mem::take(&mut head.measurements);
    serde_json::to_writer(&mut text, &head)?;
    text.push(b'\n');
    for Measurement {
        key,
        own_scale,
        blocks,
        rejected,
        tries,
        needed_blocks,
        resident,
    } in measurements
    {
        let begun = Event::Begun {
            own_scale,
            resident,
        };
        let begun = [begun, Event::Tried(tries)].into_iter();
        let blocks = blocks.into_iter().map(|block| Event::Block(block.into()));
        let rejected = rejected.into_iter().map(Event::Rejected);
        let needed = needed_blocks.map(Event::NeededBlocks);
        for event in begun.chain(needed).chain(blocks).chain(rejected) {
            let key = key.clone();
            serde_json::to_writer(&mut text, &Entry::Event { key, event })?;
            text.push(b'\n');
        }
    }
    Ok(text)
}

/// Reads all readable lines of a journal. An unfinished last line is no damage: a kill leaves it.
pub fn replay(text: &[u8]) -> Replayed {
    let mut lines = text
        .split_inclusive(|&byte| byte == b'\n')
        .filter(|line| line.ends_with(b"\n"));
    let Some(head) = lines.next() else {
        return Replayed::default();
    };
    let head = str::from_utf8(head).context("this is no text");
    let mut found = match head.and_then(parse) {
        Ok(found) => found,
        Err(error) => {
            return Replayed {
                found: None,
                damage: Some(format!(
                    "line 1, without which the rest says nothing: {error:#}"
                )),
            };
        }
    };
    let mut damaged = Vec::new();
    for (number, line) in lines.enumerate() {
        match serde_json::from_slice(line) {
            Ok(Entry::Event { key, event }) => apply(&mut found, key, event),
            Ok(Entry::Skipped { skipped }) => found.skipped.push(skipped),
            Err(_) => damaged.push(number + 2),
        }
    }
    let damage = damaged.first().map(|first| match damaged.len() {
        1 => format!("line {first}"),
        lines => format!("{lines} lines, line {first} first"),
    });
    Replayed {
        found: Some(found),
        damage,
    }
}

/// The line of a block holds this, behind the few words of its subject.
const BLOCK: &[u8] = br#""event":{"block":"#;

/// No subject takes more bytes.
const MAX_SUBJECT: usize = 1 << 10;

/// When the run of a journal began, and how many blocks it holds that count. Reads no figure, so it is cheap
/// enough to ask while the run measures.
pub fn progress(text: &[u8]) -> Option<(u64, usize)> {
    let mut lines = text.split(|&byte| byte == b'\n');
    let head = parse(str::from_utf8(lines.next()?).ok()?).ok()?;
    let is_block = |line: &&[u8]| {
        let mut places = line.windows(BLOCK.len()).take(MAX_SUBJECT);
        places.any(|place| place == BLOCK)
    };
    Some((head.began, lines.filter(is_block).count()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::result;

    #[test]
    fn the_progress_of_a_run_is_told_without_its_figures() {
        let mut found = result(&[("list", 2.0, 3), ("tree", 2.0, 4)]);
        found.began = 5;
        found.measurements[0].rejected = vec![Reject::Stolen];
        let whole = text(&found).unwrap();
        assert_eq!(progress(&whole), Some((5, 7)));
        assert_eq!(progress(&whole[..whole.len() - 1]), Some((5, 7)));
        assert_eq!(progress(b""), None);
        assert_eq!(progress(b"{}\n"), None);
    }
}

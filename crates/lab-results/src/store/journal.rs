//! A run in progress keeps a journal: a line for each thing that happened, on disk before the next is
//! measured.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    path::PathBuf,
    str,
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::understand;
use crate::result::{Block, LeftOut, Measurement, Reject, Resident, ResultFile, Subject};

/// A run in progress: what it found so far, here and on disk.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    /// What was found so far.
    pub found: ResultFile,
}

/// What happened to a subject.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A block that counts.
    Block(Box<Block>),
    /// A block that does not count.
    Rejected(Reject),
    /// How many blocks are wanted.
    Wanted(usize),
    /// It is about to be measured.
    Begun {
        /// Whether that is at the case's own size.
        own_scale: bool,
        /// Its memory, as it was watched before.
        resident: Resident,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Entry {
    Of { subject: Subject, event: Event },
    LeftOut { left_out: LeftOut },
}

/// What a journal tells.
#[derive(Debug, Default)]
pub struct Replayed {
    /// What was found; none if it holds nothing.
    pub found: Option<ResultFile>,
    /// What of it cannot be read, if anything.
    pub damage: Option<String>,
}

impl Journal {
    /// Goes on with the journal that lies there.
    pub(super) fn open(path: PathBuf, found: ResultFile) -> Result<Self> {
        let file = OpenOptions::new().append(true).open(&path)?;
        Ok(Journal { file, path, found })
    }

    /// What was found, and where the journal lies.
    pub(super) fn into_parts(self) -> (ResultFile, PathBuf) {
        (self.found, self.path)
    }

    /// Keeps what happened to a subject.
    pub fn add(&mut self, subject: &Subject, event: Event) -> Result<()> {
        self.append(&Entry::Of {
            subject: subject.clone(),
            event: event.clone(),
        })?;
        apply(&mut self.found, subject.clone(), event);
        Ok(())
    }

    /// Keeps that a subject was left out.
    pub fn leave_out(&mut self, left_out: LeftOut) -> Result<()> {
        self.append(&Entry::LeftOut {
            left_out: left_out.clone(),
        })?;
        self.found.left_out.push(left_out);
        Ok(())
    }

    /// The measurement of a subject, as far as it got.
    pub fn of(&self, subject: &Subject) -> Option<&Measurement> {
        self.found
            .measurements
            .iter()
            .find(|measurement| measurement.subject == *subject)
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

fn apply(found: &mut ResultFile, subject: Subject, event: Event) {
    let known = found
        .measurements
        .iter()
        .position(|known| known.subject == subject);
    let place = known.unwrap_or_else(|| {
        let (blocks, rejected) = (Vec::new(), Vec::new());
        found.measurements.push(Measurement {
            subject,
            own_scale: false,
            blocks,
            rejected,
            wanted: None,
            resident: Resident::default(),
        });
        found.measurements.len() - 1
    });
    let measurement = &mut found.measurements[place];
    match event {
        Event::Block(block) => measurement.blocks.push(*block),
        Event::Rejected(reject) => measurement.rejected.push(reject),
        Event::Wanted(wanted) => measurement.wanted = Some(wanted),
        Event::Begun {
            own_scale,
            resident,
        } => {
            measurement.own_scale = own_scale;
            measurement.resident = resident;
        }
    }
}

/// The journal of what is found already.
pub(super) fn text(found: &ResultFile) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut head = found.clone();
    let measurements = std::mem::take(&mut head.measurements);
    serde_json::to_writer(&mut text, &head)?;
    text.push(b'\n');
    for Measurement {
        subject,
        own_scale,
        blocks,
        rejected,
        wanted,
        resident,
    } in measurements
    {
        let begun = Event::Begun {
            own_scale,
            resident,
        };
        let begun = [begun].into_iter();
        let blocks = blocks.into_iter().map(|block| Event::Block(block.into()));
        let rejected = rejected.into_iter().map(Event::Rejected);
        let wanted = wanted.map(Event::Wanted);
        for event in begun.chain(wanted).chain(blocks).chain(rejected) {
            let subject = subject.clone();
            serde_json::to_writer(&mut text, &Entry::Of { subject, event })?;
            text.push(b'\n');
        }
    }
    Ok(text)
}

/// What a journal holds: all lines that can be read. A last line that was not finished is no damage; a
/// kill leaves it.
pub fn replay(text: &[u8]) -> Replayed {
    let mut lines = text
        .split_inclusive(|&byte| byte == b'\n')
        .filter(|line| line.ends_with(b"\n"));
    let Some(head) = lines.next() else {
        return Replayed::default();
    };
    let head = str::from_utf8(head).context("this is no text");
    let mut found = match head.and_then(understand) {
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
            Ok(Entry::Of { subject, event }) => apply(&mut found, subject, event),
            Ok(Entry::LeftOut { left_out }) => found.left_out.push(left_out),
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
    let head = understand(str::from_utf8(lines.next()?).ok()?).ok()?;
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

use std::collections::{BTreeMap, BTreeSet};

use super::{End, Line, Model, Names, Values, World, refused, some};

/// A stack of scopes, each with the names that it has open and how far they were read.
#[derive(Clone, Default)]
pub struct Desk {
    scopes: Vec<Vec<File>>,
    outside: Vec<File>,
    texts: BTreeMap<String, String>,
    writes: usize,
    forgotten: usize,
    names: Names,
    /// The numbers of all files that a scope opened, and closes.
    opened: BTreeSet<usize>,
}

/// An open file: how it is called, how far it was read, and its number among all that were opened.
#[derive(Clone)]
struct File {
    name: String,
    read: usize,
    number: usize,
}

impl Desk {
    fn write(&mut self, name: &str, text: &str) -> Result<(), End> {
        if self.writes == 10_000 {
            return refused("more than 10000 files written");
        }
        self.writes += 1;
        self.texts.insert(name.to_owned(), text.to_owned());
        Ok(())
    }

    fn open_file(&mut self, world: &mut World, name: &str) {
        world.say(format!("opened {name}"));
        let number = self.names.add(name);
        self.opened.insert(number);
        self.files().push(File {
            name: name.to_owned(),
            read: 0,
            number,
        });
    }

    fn files(&mut self) -> &mut Vec<File> {
        self.scopes.last_mut().unwrap_or(&mut self.outside)
    }

    fn open(&self) -> usize {
        self.scopes.iter().map(Vec::len).sum::<usize>() + self.outside.len()
    }

    /// Closes the files of the innermost scope, the one opened last first.
    fn close(&mut self, world: &mut World) {
        let files = self
            .scopes
            .pop()
            .unwrap_or_else(|| std::mem::take(&mut self.outside));
        for file in files.iter().rev() {
            world.say(format!("closed {}", file.name));
        }
    }

    fn close_all(&mut self, world: &mut World) {
        while !self.scopes.is_empty() {
            self.close(world);
        }
        self.close(world);
    }

    fn place(&mut self, name: &str) -> Result<usize, End> {
        match self.files().iter().rposition(|file| file.name == name) {
            Some(place) => Ok(place),
            None => refused(format!("\"{name}\" is not open in this scope")),
        }
    }

    fn one_more(&mut self, world: &mut World, name: &str) -> Result<bool, End> {
        if self.open() + self.forgotten == 100 {
            return refused("more than 100 files open");
        }
        let there = self.texts.contains_key(name);
        if !there {
            self.close_all(world);
            world.say("failed: no such file or directory");
        }
        Ok(there)
    }
}

impl Model for Desk {
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        let name = line.names.first().copied().unwrap_or_default();
        match line.word {
            "write" => self.write(name, line.names[1])?,
            "open" => {
                if self.one_more(world, name)? {
                    self.open_file(world, name);
                }
            }
            "read" => {
                let place = self.place(name)?;
                let text = self.texts[name].clone();
                let read = &mut self.files()[place].read;
                world.say(format!(
                    "read \"{}\"",
                    text.get(*read..).unwrap_or_default()
                ));
                *read = text.len().max(*read);
            }
            "close" => {
                let place = self.place(name)?;
                self.files().remove(place);
                world.say(format!("closed {name}"));
            }
            "scope" => {
                if self.scopes.len() == 100 {
                    return refused("more than 100 scopes inside each other");
                }
                self.scopes.push(Vec::new());
            }
            "end" | "return" => {
                if self.scopes.is_empty() {
                    return refused("no scope is open");
                }
                self.close(world);
            }
            "fail" => {
                self.close_all(world);
                world.say("failed: on purpose");
            }
            "panic" => {
                self.close_all(world);
                world.say("caught a panic");
            }
            "forget" => {
                if self.one_more(world, name)? {
                    self.names.add(name);
                    self.forgotten += 1;
                }
            }
            "settle" => self.forgotten = 0,
            "descriptors" => world.say(format!("{} open", self.open())),
            _ => return Err(End::Unknown),
        }
        Ok(())
    }

    fn end(&mut self, world: &mut World) {
        self.close_all(world);
    }

    fn values(&self) -> Option<Values> {
        let open = self.scopes.iter().flatten().chain(&self.outside);
        let values = self.names.values(open.map(|file| file.number))?;
        Some(Values {
            closed: self.opened.clone(),
            ..values
        })
    }

    fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        match (word, place) {
            ("open" | "forget", 0) => some(self.texts.keys()),
            ("read" | "close", 0) => {
                let files = self.scopes.last().unwrap_or(&self.outside);
                some(files.iter().map(|file| &file.name))
            }
            _ => Vec::new(),
        }
    }
}

//! The table that `operations` prints, read back.

use std::iter;

/// One operation of a script.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its word.
    pub word: String,
    /// What stands behind it.
    pub operands: Vec<Operand>,
    /// Its part in settling.
    pub part: String,
}

/// One operand of an operation.
#[derive(Debug, Clone)]
pub struct Operand {
    /// `whole`, `signed`, `id` or `name`.
    pub kind: String,
    /// The smallest value, or the shortest name.
    pub least: i64,
    /// The largest value, or the longest name.
    pub most: i64,
}

impl Operation {
    /// Reads a line of the table.
    pub(crate) fn parse(line: &str) -> Self {
        let columns: Vec<_> = line.split('\t').collect();
        let [word, operands, part, says] = columns[..] else {
            panic!("four columns: {line:?}");
        };
        assert!(!says.is_empty(), "{word} says what it does");
        let known = ["-", "lets go", "needs settle", "settles"];
        assert!(known.contains(&part), "{word}: {part}");
        let operands = match operands {
            "-" => Vec::new(),
            operands => operands.split(' ').map(Operand::parse).collect(),
        };
        Operation {
            word: word.to_owned(),
            operands,
            part: part.to_owned(),
        }
    }

    /// A line that the reader of scripts accepts, whatever the topic says to it.
    pub fn plain(&self) -> String {
        let operands = self.operands.iter().map(Operand::plain);
        let words: Vec<_> = iter::once(self.word.clone()).chain(operands).collect();
        words.join(" ")
    }
}

impl Operand {
    fn parse(text: &str) -> Self {
        let parts: Vec<_> = text.split(':').collect();
        let [_, kind, range] = parts[..] else {
            panic!("NAME:KIND:LEAST..MOST: {text:?}");
        };
        let (least, most) = range.split_once("..").expect("LEAST..MOST");
        Operand {
            kind: kind.to_owned(),
            least: least.parse().expect("a number"),
            most: most.parse().expect("a number"),
        }
    }

    fn plain(&self) -> String {
        match self.kind.as_str() {
            "name" => "a".repeat(self.least as usize),
            _ => self.least.to_string(),
        }
    }

    /// Texts that are no such operand.
    pub(crate) fn bad(&self) -> Vec<String> {
        let texts: &[&str] = match self.kind.as_str() {
            "name" => &["ä", "a/b", "\"", "a\u{7f}", "\\"],
            "signed" => &[
                "x",
                "1.5",
                "-",
                "+",
                "0x10",
                "1_000",
                "--1",
                "99999999999999999999",
            ],
            _ => &[
                "x",
                "1.5",
                "-1",
                "+1",
                "0x10",
                "1_000",
                "١",
                "99999999999999999999",
                "\u{b}1",
            ],
        };
        let mut bad: Vec<String> = texts.iter().map(ToString::to_string).collect();
        if self.kind == "name" {
            bad.push("a".repeat(self.most as usize + 1));
        } else {
            bad.extend(self.most.checked_add(1).map(|n| n.to_string()));
            bad.extend(self.least.checked_sub(1).map(|n| n.to_string()));
        }
        bad
    }
}

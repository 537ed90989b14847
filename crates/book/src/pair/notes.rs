//! Notes for a reader of the other language: below an item, or in a lane of their own where there is room.

use lab_verify::{
    notes::{Note, Section},
    source::Language,
};
use maud::{Markup, html};

use super::{GO, Pair, RUST, Row};
use crate::verdicts::sentence;

/// Largest number of expressions in the closed line, and of characters in each.
const SHOWN: (usize, usize) = (3, 26);

impl Pair {
    /// Puts notes beside the items that they are about.
    pub fn annotate(&mut self, sections: Vec<Section>) {
        for section in sections {
            let sides = [(GO, section.go), (RUST, section.rust)];
            let is_about = |row: &&mut Row| {
                let has = |(side, item): (usize, Option<usize>)| {
                    let mut items = row.sides[side].iter().flat_map(|part| &part.items);
                    item.is_some_and(|item| items.any(|other| *other == item))
                };
                sides.into_iter().any(has)
            };
            if let Some(row) = self.rows.iter_mut().find(is_about) {
                row.notes.extend(section.notes);
            }
        }
    }

    /// Whether any item has notes.
    pub(super) fn is_annotated(&self) -> bool {
        self.rows.iter().any(|row| !row.notes.is_empty())
    }
}

/// The notes of a row. The line of the pair opens all of them by the keyboard.
pub(super) fn html(notes: &[Note]) -> Markup {
    let side = |note: &Note| match note.language {
        Language::Go => "go",
        Language::Rust => "rust",
    };
    html! {
        @if !notes.is_empty() {
            details.note {
                summary tabindex="-1" {
                    @for note in notes.iter().take(SHOWN.0) { code { (short(&note.expression)) } }
                    @if notes.len() > SHOWN.0 { span { "and " (notes.len() - SHOWN.0) " more" } }
                }
                dl {
                    @for note in notes {
                        div class=(side(note)) {
                            dt { a href={ "#" (side(note)) "-" (note.source_line) } tabindex="-1" { (note.expression) } }
                            dd { (sentence(&note.says)) }
                        }
                    }
                }
            }
        }
    }
}

fn short(expression: &str) -> String {
    if expression.chars().count() <= SHOWN.1 {
        return expression.to_owned();
    }
    let first: String = expression.chars().take(SHOWN.1 - 1).collect();
    format!("{}…", first.trim_end())
}

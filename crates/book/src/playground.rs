//! The playground: a chapter's script in an editor, and both programs' answers. Only a book that is served on
//! this machine has one.

pub mod api;
pub mod gate;
mod measure;
pub mod refusal;
mod runner;
mod side;
mod topic;

use maud::{Markup, html};

use crate::told::Script;

/// The longest script that is performed, in bytes.
const MAX_SCRIPT: usize = 64 << 10;

/// The files of the playground, beside the pages of the book.
pub const ASSETS: [(&str, &str); 7] = [
    (
        "playground.css",
        include_str!("../assets/playground/style.css"),
    ),
    (
        "playground.js",
        include_str!("../assets/playground/page.js"),
    ),
    (
        "playground-editor.js",
        include_str!("../assets/playground/editor.js"),
    ),
    (
        "playground-answers.js",
        include_str!("../assets/playground/answers.js"),
    ),
    (
        "playground-lab.js",
        include_str!("../assets/playground/lab.js"),
    ),
    (
        "playground-memory.js",
        include_str!("../assets/playground/memory.js"),
    ),
    (
        "playground-parts.js",
        include_str!("../assets/playground/parts.js"),
    ),
];

/// Whether the playground has a file of this name.
pub fn has_asset(name: &str) -> bool {
    ASSETS.iter().any(|(own, _)| *own == name)
}

/// The place of a chapter at which its script becomes an editor that begins with this kept script, and what
/// stands there in a book that is only read.
pub fn html(topic: &str, first: Option<&Script>) -> Markup {
    let name = first.map(|script| script.path.rsplit('/').next().unwrap_or_default());
    let name = name.map(|name| name.trim_end_matches(".txt"));
    html! {
        section.band.playground #playground data-topic=(topic) data-first=[name] {
            h2 { "Change a line" }
            link rel="stylesheet" href="playground.css";
            p.command {
                "Change a script, and both programs answer: " code { "cargo make serve" }
                " shows this book on your machine, with an editor here."
            }
            script defer src="playground.js" {}
        }
    }
}

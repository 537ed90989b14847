//! The playground: an editor for the scripts of a chapter, and the replies of both programs.
//!
//! A book that is only read shows how to start it. The server of the book puts the editor in that place.

pub mod access;
pub mod api;
mod expected;
mod judge;
mod measure;
pub mod refusal;
mod reply;
mod request;
mod runner;
mod scratch;
mod topic;

use std::sync::{Mutex, MutexGuard, PoisonError};

use maud::{Markup, html};

use crate::topic_output::TopicOutput;

/// The longest script, in bytes.
const MAX_SCRIPT: usize = 64 << 10;

/// Locks a mutex, also after a panic of a thread that held it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The playground's files in every book: they ask no server for anything.
pub const WRITTEN: [(&str, &str); 2] = [
    (
        "playground.css",
        include_str!("../assets/playground/style.css"),
    ),
    (
        "playground.js",
        concat!(
            include_str!("../assets/playground/page.js"),
            include_str!("../assets/playground/read.js"),
        ),
    ),
];

/// The playground's files that only its server has, some in the place of a file of the book.
const SERVED: [(&str, &str); 6] = [
    (
        "playground.js",
        concat!(
            include_str!("../assets/playground/page.js"),
            include_str!("../assets/playground/live.js"),
        ),
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
        "playground-shared.js",
        include_str!("../assets/playground/shared.js"),
    ),
];

/// Whether every book has a file of the playground by this name.
pub fn is_written(name: &str) -> bool {
    WRITTEN.iter().any(|(own, _)| *own == name)
}

/// The text of a file that only the server has.
pub fn served(name: &str) -> Option<&'static str> {
    let mut all = SERVED.iter();
    all.find(|(own, _)| *own == name).map(|(_, text)| *text)
}

/// The playground's section of a chapter.
pub fn html(topic: &str, output: Option<&TopicOutput>) -> Markup {
    let kept = kept(output);
    let first = kept.first().map(|(_, _, name)| name);
    html! {
        section.band.playground #playground data-topic=(topic) data-first=[first] {
            h2 { "Change a line" }
            link rel="stylesheet" href="playground.css";
            p.command {
                "In the playground you change a script, and both real programs answer: "
                code { "cargo make serve" } " starts it on your machine."
            }
            @if !kept.is_empty() {
                p.kept {
                    "Kept scripts to begin with: "
                    @for (place, (title, address, _)) in kept.iter().enumerate() {
                        @if place > 0 { "; " }
                        a href=(address) { (title) }
                    }
                    "."
                }
            }
            script defer src="playground.js" {}
        }
    }
}

/// The kept scripts with which the editor can begin: title, address, and name. A scene of the contrast is no script.
fn kept(output: Option<&TopicOutput>) -> Vec<(String, String, String)> {
    let Some(output) = output else {
        return Vec::new();
    };
    let name = |path: &str| {
        let file = path.rsplit('/').next().unwrap_or_default();
        file.trim_end_matches(".txt").to_owned()
    };
    let scenes = output.scenes.iter().enumerate();
    let scenes = scenes.filter(|(_, scene)| !scene.is_contrast);
    let scenes = scenes.map(|(place, scene)| {
        let address = format!("#scene-{place}");
        (scene.title.clone(), address, name(&scene.path))
    });
    let scripts = output.scripts.iter().map(|script| {
        let comment = script
            .steps
            .first()
            .and_then(|(line, _)| line.strip_prefix("# "));
        let sentence = |comment: &str| comment.trim_end_matches('.').to_owned();
        let title = comment.map_or_else(|| name(&script.path).replace('-', " "), sentence);
        (title, "#prints".to_owned(), name(&script.path))
    });
    let scenes: Vec<_> = scenes.collect();
    if scenes.is_empty() {
        scripts.collect()
    } else {
        scenes
    }
}

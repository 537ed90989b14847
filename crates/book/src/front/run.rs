//! How to run a pair, and everything.

use maud::{Markup, html};

use super::{Cover, hero};

/// The part of the page.
pub fn html(cover: &Cover) -> Markup {
    html! {
        section.part #run {
            div.heading { h2 { "Run it" } }
            div.halves {
                @if let Some(chapter) = hero::chosen(cover) {
                    @let topic = &chapter.topic.name;
                    div {
                        h3 { "One pair" }
                        (command(&format!("cargo run -p {topic}")))
                        (command(&format!("go -C go run ./cmd/{topic}")))
                        p { "The Rust half and the Go half: the same output." }
                    }
                }
                div {
                    h3 { "Everything, on your machine" }
                    (command("cargo install --locked cargo-make && cargo make all"))
                    p { "Builds, verifies, measures for two minutes, judges the claims and writes this book. Needs Rust, Go and a C compiler." }
                }
            }
        }
    }
}

/// A command with a button that copies it.
pub fn command(text: &str) -> Markup {
    html! {
        div.command-box {
            pre { code { (text) } }
            button.needs-js type="button" aria-label={ "Copy: " (text) } { "Copy" }
        }
    }
}

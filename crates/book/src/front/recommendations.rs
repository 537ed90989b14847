//! The section "Which one, then?" of the front page: the first lines of the three lists, and how to measure one's own
//! service.

use maud::{Markup, html};

use super::run::command;
use crate::{choose, verdicts::Verdicts};

/// The command for a service of one's own, as an example.
const COMMAND: &str =
    "cargo lab point --live-objects 2000000 --rate 800 --payload 64KiB --slo p99=20ms";

/// How many lines of each list stand here.
const LINES: usize = 3;

/// The part of the page.
pub fn html(verdicts: &Verdicts) -> Markup {
    html! {
        section.part #which {
            div.heading {
                h2 { "Which one, then?" }
                a.onward href="choose.html" { "All reasons, and the map of both servers →" }
            }
            (choose::lists(verdicts, Some(LINES)))
            div.own {
                div {
                    h3 { "Better: measure your own service" }
                    p { "In a copy of this project, with your figures in place of these: our two servers under your load, in three minutes. With " code { "--url" } " it measures a server of your own." }
                }
                (command(COMMAND))
            }
        }
    }
}

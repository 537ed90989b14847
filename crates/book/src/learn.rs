//! For someone who learns: the order to read in, and what corresponds to what, each with its place.

use maud::{Markup, html};

use crate::{chapter::Chapter, report::Warnings};

/// What corresponds: in Go, in Rust, the topic and the item or the fact where it happens, one sentence.
const TABLE: [[&str; 5]; 15] = [
    [
        "a slice, []byte",
        "Vec<u8>, and &[u8] where it is only lent",
        "reclaim",
        "sum",
        "A Go slice is both; in Rust the type says who owns the bytes.",
    ],
    [
        "nothing: the collector finds out",
        "the end of a scope",
        "reclaim",
        "allocate_data",
        "Where a value ends is a place in Rust's source, and no place in Go's.",
    ],
    [
        "defer f.Close()",
        "impl Drop",
        "destruction",
        "impl Drop for File",
        "Closing is a call that one has to remember in Go, and part of the type in Rust.",
    ],
    [
        "a finalizer, runtime.AddCleanup",
        "nothing: Drop is certain",
        "cycles",
        "contrast/of 1000 nodes with strong links both ways, a finalizer on one: freed, alive",
        "A finalizer runs some time, or never, as on a cycle; what Drop does is done when the value ends.",
    ],
    [
        "if err != nil",
        "the ? operator",
        "destruction",
        "File::open",
        "Both return the error; one sign takes the place of three lines.",
    ],
    [
        "recover",
        "catch_unwind",
        "destruction",
        "catch",
        "Deferred calls run while a panic passes by, and so does Drop.",
    ],
    [
        "&x that is returned",
        "Box::new(x)",
        "escape",
        "heap",
        "In Go the compiler moves the value; in Rust the type says so.",
    ],
    [
        "a closure",
        "impl FnMut, with move",
        "escape",
        "counter",
        "What a closure holds is decided by the compiler or by the word move.",
    ],
    [
        "an interface value",
        "Box<dyn Trait>",
        "escape",
        "any_shape",
        "Both are two words, a table of methods and an address.",
    ],
    [
        "a nil pointer",
        "Option<Box<T>>",
        "footprint",
        "Node",
        "The same 8 bytes; Rust makes one look before one follows.",
    ],
    [
        "a goroutine and a shared pointer",
        "a thread and an Arc",
        "sharing",
        "share",
        "Go's collector ends the value after its last user, Rust's counter does.",
    ],
    [
        "a pointer into another goroutine's value",
        "a scoped thread that borrows",
        "sharing",
        "lend",
        "Where the workers end first, Rust needs no counter.",
    ],
    [
        "map",
        "HashMap",
        "leaks",
        "add_to_cache",
        "A map that only grows is a leak in both.",
    ],
    [
        "a pointer to the parent",
        "Weak",
        "cycles",
        "Node",
        "A cycle is nothing special to a collector; a counter never reaches zero.",
    ],
    [
        "the runtime's allocator",
        "#[global_allocator]",
        "allocator",
        "Recording",
        "The one cannot be replaced, the other is a type of the program.",
    ],
];

/// The page.
pub const PAGE: &str = "learn.html";

/// The page's content; a place that no longer is becomes a warning.
pub fn html(chapters: &[Chapter], warnings: &Warnings) -> Markup {
    let mut rows = Vec::new();
    for [go, rust, topic, item, says] in TABLE {
        let chapter = chapters.iter().find(|chapter| chapter.topic.name == topic);
        let place = chapter.and_then(|chapter| match item.strip_prefix("contrast/") {
            Some(fact) => chapter
                .tells(fact)
                .then(|| ("differs".to_owned(), fact.to_owned())),
            None => chapter.teaches(item),
        });
        // A chapter that lacks a part has its own warning.
        if place.is_none() && chapter.is_some_and(Chapter::is_whole) {
            let why =
                format!("the table of correspondences names {item:?} of {topic}, which is gone");
            warnings.wrong(PAGE, &why);
        }
        let place = place.map(|(id, title)| (format!("{topic}.html#{id}"), title));
        rows.push((go, rust, place, item, says));
    }
    html! {
        h1 { "For someone learning" }
        div.prose {
            p { "You know one of the two languages. Read each pair from the side that you know: the other column says the same thing at the same height." }
            h2 #order { "The order to read in" }
            p {
                "Begin with who frees memory and when, then what is closed and how: " (link(chapters, "reclaim")) ", " (link(chapters, "destruction"))
                ". Where a value lives comes next: " (link(chapters, "escape")) ", " (link(chapters, "footprint")) ", " (link(chapters, "allocation"))
                ". Then several owners: " (link(chapters, "sharing")) ", " (link(chapters, "cycles")) ", " (link(chapters, "leaks"))
                ". Last, what it costs while others wait: " (link(chapters, "pauses")) ", " (link(chapters, "deadline")) ", " (link(chapters, "server")) ", " (link(chapters, "allocator")) "."
            }
            h2 #reading { "How to read a pair" }
            ul {
                li { "An item begins at the height of its twin. NewNode is Node::new, Close is Drop." }
                li { "A comment with a bar says where the languages part." }
                li { "An empty half says why there is nothing." }
                li { "⇄ exchanges the sides, and the book remembers it." }
            }
        }
        h2 #table { "What corresponds to what" }
        div.scroll tabindex="0" role="region" aria-label="What corresponds to what" {
            table.facts {
                thead { tr { th.go scope="col" { "Go" } th.rust scope="col" { "Rust" } th scope="col" { "where" } th scope="col" { "what differs" } } }
                tbody {
                    @for (go, rust, place, item, says) in rows {
                        tr {
                            td { (go) } td { (rust) }
                            td { @match place { Some((place, title)) => { a href=(place) { (title) } } None => { (item) } } }
                            td.says { (says) }
                        }
                    }
                }
            }
        }
    }
}

fn link(chapters: &[Chapter], topic: &str) -> Markup {
    let found = chapters.iter().find(|chapter| chapter.topic.name == topic);
    html! { @if let Some(chapter) = found { a href=(chapter.path()) { (chapter.topic.title) } } @else { (topic) } }
}

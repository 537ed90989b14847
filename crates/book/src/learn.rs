//! For someone who learns: the order to read in, and what corresponds to what, each with its line.

use maud::{Markup, html};

use crate::{
    chapter::Chapter,
    messages::Warnings,
    table::{self, SAYS},
    verdicts::sentence,
};

/// One thing in both languages.
struct Row {
    go: &'static str,
    rust: &'static str,
    topic: &'static str,
    /// The item of the teaching file, or `contrast/` and a fact.
    item: &'static str,
    /// What stands in the line of Rust's side; nothing of a fact.
    code: &'static str,
    says: &'static str,
}

/// What corresponds: in Go, in Rust, and what differs, each with the line where it happens.
const TABLE: [Row; 15] = [
    Row {
        go: "a slice, []byte",
        rust: "Vec<u8>, and &[u8] where it is only lent",
        topic: "reclaim",
        item: "sum",
        code: "data: &[u8]",
        says: "A Go slice is both; in Rust the type says who owns the bytes.",
    },
    Row {
        go: "nothing: the collector finds out",
        rust: "the end of a scope",
        topic: "reclaim",
        item: "allocate_data",
        code: "// Freed here",
        says: "Where a value ends is a place in Rust's source, and no place in Go's.",
    },
    Row {
        go: "defer f.Close()",
        rust: "impl Drop",
        topic: "destruction",
        item: "impl Drop for File",
        code: "fn drop",
        says: "Closing is a call that one has to remember in Go, and part of the type in Rust.",
    },
    Row {
        go: "a finalizer, runtime.AddCleanup",
        rust: "nothing: Drop runs as the owner ends",
        topic: "cycles",
        item: "contrast/of 1000 nodes with strong links both ways, a finalizer on one: freed, alive",
        code: "",
        says: "A finalizer runs some time, or never, as on a cycle; what Drop does is done when the value ends.",
    },
    Row {
        go: "if err != nil",
        rust: "the ? operator",
        topic: "destruction",
        item: "File::open",
        code: ")?",
        says: "Both return the error; one sign takes the place of three lines.",
    },
    Row {
        go: "recover",
        rust: "catch_unwind",
        topic: "destruction",
        item: "catch",
        code: "catch_unwind(AssertUnwindSafe(work))",
        says: "Deferred calls run while a panic passes by, and so does Drop.",
    },
    Row {
        go: "&x that is returned",
        rust: "Box::new(x)",
        topic: "escape",
        item: "heap",
        code: "Box::new",
        says: "In Go the compiler moves the value; in Rust the type says so.",
    },
    Row {
        go: "a closure",
        rust: "impl FnMut, with move",
        topic: "escape",
        item: "counter",
        code: "move ||",
        says: "What a closure holds is decided by the compiler or by the word move.",
    },
    Row {
        go: "an interface value",
        rust: "Box<dyn Trait>",
        topic: "escape",
        item: "any_shape",
        code: "Box<dyn Shape>",
        says: "Both are two words, a table of methods and an address.",
    },
    Row {
        go: "a nil pointer",
        rust: "Option<Box<T>>",
        topic: "footprint",
        item: "Node",
        code: "Option<Box",
        says: "The same 8 bytes; Rust makes one look before one follows.",
    },
    Row {
        go: "a goroutine and a shared pointer",
        rust: "a thread and an Arc",
        topic: "sharing",
        item: "share",
        code: "Arc::clone",
        says: "Go's collector ends the value after its last user, Rust's counter does.",
    },
    Row {
        go: "a pointer into another goroutine's value",
        rust: "a scoped thread that borrows",
        topic: "sharing",
        item: "lend",
        code: "thread::scope",
        says: "Where the workers end first, Rust needs no counter.",
    },
    Row {
        go: "map",
        rust: "HashMap",
        topic: "leaks",
        item: "add_to_cache",
        code: "cache.insert",
        says: "A map that only grows is a leak in both.",
    },
    Row {
        go: "a pointer to the parent",
        rust: "Weak",
        topic: "cycles",
        item: "Node",
        code: "RefCell<Weak",
        says: "A cycle is nothing special to a collector; a counter never reaches zero.",
    },
    Row {
        go: "the runtime's allocator",
        rust: "#[global_allocator]",
        topic: "allocator",
        item: "Recording",
        code: "pub struct Recording",
        says: "The one cannot be replaced, the other is a type of the program.",
    },
];

/// The page.
pub const PAGE: &str = "learn.html";

/// The page's content; a place that is gone becomes a warning.
pub fn html(chapters: &[Chapter], warnings: &Warnings) -> Markup {
    html! {
        h1 { "Learn" }
        p { "You know one of the two languages. Read each pair from the side that you know: the other column says the same thing at the same height." }
        h2 #order { "The order to read in" }
        ol.way {
            @for chapter in chapters {
                li data-topic=(chapter.topic.name) {
                    a href=(chapter.path()) { (chapter.topic.title) }
                    small { (chapter.minutes()) " min" }
                    p { (sentence(&chapter.topic.intro)) }
                }
            }
        }
        h2 #reading { "How to read a pair" }
        ul {
            li { "An item begins at the height of its twin. NewNode is Node::new, Close is Drop." }
            li { "A tinted line with a bar says where the languages part." }
            li { "An empty half says why there is nothing." }
            li { "⇄ exchanges the sides. A line's number is a link to the line. “Present” shows one item on the whole screen." }
        }
        (corresponding(chapters, warnings))
    }
}

fn corresponding(chapters: &[Chapter], warnings: &Warnings) -> Markup {
    let rows = TABLE.iter().map(|row| {
        let item = match place(row, chapters, warnings) {
            Some((place, title)) => html! { a href=(place) { (title) } },
            None => table::text(row.item),
        };
        table::row([
            table::text(row.go),
            table::text(row.rust),
            item,
            table::text(row.says),
        ])
    });
    let columns = [
        ("Go", "go"),
        ("Rust", "rust"),
        ("where", ""),
        ("what differs", SAYS),
    ];
    html! {
        h2 #table { "What corresponds to what" }
        (table::html("What corresponds to what", &columns, rows))
    }
}

/// The address and the title of the line where it happens.
fn place(row: &Row, chapters: &[Chapter], warnings: &Warnings) -> Option<(String, String)> {
    let Row {
        topic, item, code, ..
    } = row;
    let chapter = chapters.iter().find(|c| c.topic.name == *topic)?;
    let place = match item.strip_prefix("contrast/") {
        Some(fact) => {
            let is_there = chapter.tells(fact);
            is_there.then(|| ("differs".to_owned(), fact.to_owned()))
        }
        None => chapter.teaches(item, code),
    };
    // A chapter that lacks a part has its own warning.
    if place.is_none() && chapter.is_whole() {
        let why = format!("what corresponds names {code:?} in {item:?} of {topic}, which is gone");
        warnings.wrong(PAGE, &why);
    }
    place.map(|(id, title)| (format!("{topic}.html#{id}"), title))
}

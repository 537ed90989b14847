// Twin: go/destruction/finalizer_chain.go

//! How many collections free a chain of values: in Rust its owner frees it, and `Drop` is both finalizer and
//! cleanup.

use pair::{Counted, Facts, Tally, settle};

/// A value that may own the next one.
struct Link {
    next: Option<Box<Link>>,
    _value: Counted<()>,
}

/// Tells how many collections free values that tell of their end.
pub fn chains(facts: &mut Facts, count: usize) {
    let mut tell = |what: String, on: &str, linked| {
        let name =
            format_args!("of {what}, a {on} on each: collections, freed");
        facts.add(name, collect(count, linked));
    };
    tell(format!("a chain of {count} values"), "finalizer", true);
    tell(format!("a chain of {count} values"), "cleanup", true);
    tell(format!("{count} values without links"), "finalizer", false);
}

/// Collects until that many values are freed; tells how often, and how many are.
fn collect(count: usize, linked: bool) -> String {
    let tally = Tally::new();
    let mut values = Vec::new();
    for _ in 0..count {
        let next = if linked { values.pop() } else { None };
        values.push(Box::new(Link {
            next,
            _value: Counted::new(&tally, ()),
        }));
    }
    // One by one: a long chain must not be freed by recursion.
    while let Some(value) = values.pop() {
        values.extend(value.next);
    }
    let mut collections = 0;
    while tally.alive() > 0 && collections < count {
        settle();
        collections += 1;
    }
    format!("{collections}, {}", tally.freed())
}

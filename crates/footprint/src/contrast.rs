// Twin: go/footprint/contrast.go

//! The facts that differ.

use std::mem::size_of;

use footprint::{List, Node};
use pair::{Counted, Facts, Stop, Tally, heap::Heap, settle};

/// The order of the fields is the compiler's affair.
struct Mixed {
    _first: bool,
    _number: i64,
    _last: bool,
}

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    facts.add("bytes of a link", size_of::<Option<Box<Node<i64>>>>());
    facts.add("bytes of an empty list", size_of::<List<i64>>());
    facts.add(
        "bytes of a node with a 32-bit integer",
        size_of::<Node<i32>>(),
    );
    facts.add(
        "bytes of a node with a 64-bit integer",
        size_of::<Node<i64>>(),
    );
    facts.add("bytes of a node with a text", size_of::<Node<String>>());
    facts.add(
        "bytes of a node with a bool, an integer, a bool",
        size_of::<Node<Mixed>>(),
    );
    facts.add(
        "bytes of a node with four integers",
        size_of::<Node<[i64; 4]>>(),
    );

    let count = facts.count();
    facts.add(
        format_args!(
            "heap bytes counted for {count} nodes with a 64-bit integer"
        ),
        heap_bytes(count, 1_i64),
    );
    facts.add(
        format_args!("heap bytes counted for {count} nodes with four integers"),
        heap_bytes(count, [1_i64; 4]),
    );

    let tally = Tally::new();
    let mut list = List::new();
    for value in 0..count {
        list.push(Counted::new(&tally, value));
    }
    drop(list);
    let at_once = tally.freed();
    settle();
    facts.add(
        format_args!(
            "freed of {count} nodes once the list went, and after settle"
        ),
        format_args!("{at_once}, {}", tally.freed()),
    );
    Ok(())
}

/// What this many nodes ask of the heap.
fn heap_bytes<T: Copy>(count: usize, value: T) -> usize {
    let mut list = List::new();
    let before = Heap::now();
    for _ in 0..count {
        list.push(value);
    }
    Heap::now().since(before).allocated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_follow_the_number_of_nodes() {
        for count in [7, 1000] {
            let lines = Facts::collect(count, contrast).expect("facts");
            for fact in [
                format!(
                    "heap bytes counted for {count} nodes with a 64-bit integer\t{}",
                    16 * count
                ),
                format!(
                    "heap bytes counted for {count} nodes with four integers\t{}",
                    40 * count
                ),
                format!(
                    "freed of {count} nodes once the list went, and after settle\t{count}, {count}"
                ),
            ] {
                assert!(lines.contains(&fact), "{fact} is not in {lines:#?}");
            }
        }
    }
}

// Twin: go/footprint/contrast.go

//! The facts that differ.

use std::mem::size_of;

use footprint::{List, Node};
use pair::{Counted, Facts, Stop, Tally, heap::Heap};

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

    let name = "heap bytes counted for a node with a 64-bit integer";
    facts.add(name, heap_bytes(1_i64));
    let name = "heap bytes counted for a node with four integers";
    facts.add(name, heap_bytes([1_i64; 4]));

    let tally = Tally::new();
    let mut list = List::new();
    for value in 0..1000 {
        list.push(Counted::new(&tally, value));
    }
    drop(list);
    facts.add(
        "freed of 1000 nodes right after the list went",
        tally.freed(),
    );
    Ok(())
}

/// What one node asks of the heap.
fn heap_bytes<T: Copy>(value: T) -> usize {
    let mut list = List::new();
    let before = Heap::now();
    for _ in 0..1000 {
        list.push(value);
    }
    let asked = Heap::now().since(before);
    asked.allocated / list.length()
}

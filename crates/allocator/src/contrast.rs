// Twin: go/allocator/contrast.go

//! The facts that differ.

use std::hint::black_box;

use allocator::requests_of;
use pair::{Counted, Facts, Stop, Tally, settle};

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let one = requests_of(|| drop(black_box(Box::new([0_u8; 64]))));
    facts.add(
        "requests that an allocator of one's own saw for one block",
        one.blocks,
    );
    facts.add(
        "sizes that a list asked for until it held 100 integers",
        grown(),
    );
    facts.add(
        "blocks that a pool still has after two collections",
        pooled(),
    );
    facts.add(
        "values that one reference keeps, in a slab of 100",
        kept_of_slab(),
    );
    facts.add(
        "a block that was kept over a reset shows the next one's bytes",
        "does not compile",
    );

    for slab in ["of integers", "of pointers", "off the heap"] {
        let name = format!("scanned of a slab {slab}");
        facts.add(&name, "there is no collector");
    }
    facts.add(
        "a value that only memory off the heap refers to is freed",
        freed_behind(),
    );
    Ok(())
}

fn grown() -> String {
    let requests = requests_of(|| {
        let mut list = Vec::new();
        for number in 0..100_i64 {
            list.push(number);
        }
        black_box(list);
    });
    let sizes = requests.sizes.iter().take(requests.blocks);
    sizes.map(usize::to_string).collect::<Vec<_>>().join(" ")
}

/// How many of 100 blocks a pool still has: here a pool is any list of boxes.
fn pooled() -> usize {
    let pool: Vec<_> = (0..100).map(|_| Box::new([0_u8; 64])).collect();
    settle();
    settle();
    pool.len()
}

/// A reference into a slab cannot outlive it: who wants one of its values takes it out.
fn kept_of_slab() -> usize {
    let tally = Tally::new();
    let mut slab: Vec<_> = (0..100).map(|i| Counted::new(&tally, i)).collect();
    let one = slab.swap_remove(50);
    drop(slab);
    let alive = tally.alive();
    drop(one);
    alive
}

/// Whether a value is freed although bytes hold its address: nobody owns it any more, it leaks.
fn freed_behind() -> bool {
    let tally = Tally::new();
    let address = Box::into_raw(Box::new(Counted::new(&tally, 1)));
    black_box(address.addr().to_ne_bytes());
    settle();
    tally.freed() == 1
}

// Twin: go/allocator/contrast.go

//! The facts that differ.

use std::hint::black_box;

use allocator::requests_of;
use pair::{Counted, Facts, Stop, Tally, settle};

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let count = facts.count();
    let seen = requests_of(|| {
        for _ in 0..count {
            black_box(Box::new([0_u8; 64]));
        }
    });
    facts.add(
        format_args!("requests seen while {count} blocks were made"),
        seen.blocks,
    );
    facts.add(
        format_args!(
            "bytes that a list asked for until it held {count} integers"
        ),
        grown(count),
    );
    let (at_once, later) = pooled(count);
    facts.add(
        format_args!(
            "of {count} blocks in a pool: left at once, after two collections"
        ),
        format_args!("{at_once}, {later}"),
    );
    facts.add(
        format_args!("values that one reference keeps, in a slab of {count}"),
        kept_of_slab(count),
    );
    let values = count.div_ceil(100);
    let tally = referred_to_by_bytes(values);
    facts.add(
        format_args!("of {values} values to which only memory off the heap refers: freed, alive"),
        format_args!("{}, {}", tally.freed(), tally.alive()),
    );
    Ok(())
}

fn grown(count: usize) -> usize {
    let requests = requests_of(|| {
        let mut list = Vec::new();
        for number in 0..count {
            list.push(number);
        }
        black_box(list);
    });
    requests.bytes
}

/// How many blocks a pool still has: here a pool is any list of boxes.
fn pooled(count: usize) -> (usize, usize) {
    let mut pool: Vec<_> = (0..count).map(|_| Box::new([0_u8; 64])).collect();
    let mut taken = Vec::new();
    while let Some(block) = pool.pop() {
        taken.push(block);
    }
    let at_once = taken.len();
    pool.append(&mut taken);
    settle();
    settle();
    (at_once, pool.drain(..).count())
}

/// A reference into a slab cannot outlive it: who wants one of its values takes it out.
fn kept_of_slab(count: usize) -> usize {
    let tally = Tally::new();
    let mut slab: Vec<_> =
        (0..count).map(|i| Counted::new(&tally, i)).collect();
    let one = slab.swap_remove(count / 2);
    drop(slab);
    let alive = tally.alive();
    drop(one);
    alive
}

/// Values of which only bytes hold the addresses: nobody owns them any more, they leak.
fn referred_to_by_bytes(values: usize) -> Tally {
    let tally = Tally::new();
    for number in 0..values {
        let address = Box::into_raw(Box::new(Counted::new(&tally, number)));
        black_box(address.addr().to_ne_bytes());
    }
    settle();
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_follow_the_number_of_blocks() {
        for (count, values) in [(201, 3), (1000, 10)] {
            let lines = Facts::collect(count, contrast).expect("facts");
            for fact in [
                format!(
                    "requests seen while {count} blocks were made\t{count}"
                ),
                format!(
                    "of {count} blocks in a pool: left at once, after two collections\t{count}, {count}"
                ),
                format!(
                    "values that one reference keeps, in a slab of {count}\t1"
                ),
                format!(
                    "of {values} values to which only memory off the heap refers: freed, alive\t0, {values}"
                ),
            ] {
                assert!(lines.contains(&fact), "{fact} is not in {lines:#?}");
            }
            // By how much a list grows is the library's affair.
            let name = format!(
                "bytes that a list asked for until it held {count} integers\t"
            );
            let bytes = lines.iter().find_map(|fact| fact.strip_prefix(&name));
            let bytes: usize =
                bytes.expect("a fact").parse().expect("a number");
            assert!((8 * count..64 * count).contains(&bytes), "{lines:#?}");
        }
    }
}

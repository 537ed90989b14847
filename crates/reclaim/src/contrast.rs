// Twin: go/reclaim/contrast.go

//! The facts that differ.

use pair::{Counted, Facts, Stop, Tally, heap::Heap, settle};
use reclaim::{Window, allocate_data, filled};

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let count = facts.count();
    let tally = Tally::new();
    let new_data = || Counted::new(&tally, filled(1024, 1));
    allocate_data(count, new_data, nothing);
    let at_once = tally.freed();
    settle();
    facts.add(
        format_args!("freed of {count} buffers at the end of their scopes, and after settle"),
        format_args!("{at_once}, {}", tally.freed()),
    );

    let tally = Tally::new();
    let mut window = Window::new(count / 100);
    for _ in 0..count {
        window.keep(Some(Counted::new(&tally, filled(1024, 1))));
    }
    let at_once = tally.freed();
    settle();
    let places = window.size();
    facts.add(
        format_args!("freed of {count} buffers behind a window of {places}, and after settle"),
        format_args!("{at_once}, {}", tally.freed()),
    );

    let before = Heap::now();
    allocate_data(count, || filled(1024, 1), nothing);
    let given_back = Heap::now().since(before).freed;
    facts.add(
        format_args!("bytes given back of {count} buffers of 1024 bytes, without a collection"),
        given_back,
    );
    Ok(())
}

fn nothing<B>(_: &B) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_follow_the_number_of_buffers() {
        for (count, places) in [(7, 1), (1000, 10)] {
            let behind = count - places;
            let expected = [
                format!(
                    "freed of {count} buffers at the end of their scopes, and after settle\t{count}, {count}"
                ),
                format!(
                    "freed of {count} buffers behind a window of {places}, and after settle\t{behind}, {behind}"
                ),
                format!(
                    "bytes given back of {count} buffers of 1024 bytes, without a collection\t{}",
                    1024 * count
                ),
            ];
            assert_eq!(
                Facts::collect(count, contrast).expect("facts"),
                expected
            );
        }
    }
}

//! Replaces objects of 64 bytes at random places, as many times as there are objects.

use std::cell::RefCell;

mod sample;

fn main() {
    let count = sample::number(1);
    let mut state: u64 = 1;
    // Marsaglia's xorshift, as in the lab: the same places in the same order.
    let mut place = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % count as u64) as usize
    };
    let places: Vec<usize> = (0..count).map(|_| place()).collect();
    let live: Vec<_> = (0..count).map(|n| Box::new([n; 8])).collect();
    let live = RefCell::new(live);
    let work = |_| {
        let mut live = live.borrow_mut();
        for (number, &place) in (0..).zip(&places) {
            live[place] = Box::new([number; 8]);
        }
    };
    let answer = |()| {
        let live = live.borrow();
        let weights = live
            .iter()
            .zip(0..)
            .map(|(object, place)| place * object[7]);
        weights.sum()
    };
    sample::samples(work, answer);
}

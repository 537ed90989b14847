// Fix: Count prices in whole units of the smallest step, here hundredths.
// Answer: run prints {10025: 5}
use std::collections::BTreeMap;

fn main() {
    let mut levels = BTreeMap::new();
    levels.insert(10_025, 5);
    println!("{levels:?}");
}

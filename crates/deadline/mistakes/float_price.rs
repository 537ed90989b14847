// Mistake: a sorted map whose keys are prices as floats, which have no total order.
// Answer: rustc E0277
use std::collections::BTreeMap;

fn main() {
    let mut levels = BTreeMap::new();
    levels.insert(100.25, 5); // <- here
    println!("{levels:?}");
}

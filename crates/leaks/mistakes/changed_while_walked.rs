// Mistake: what is old is removed from a cache by the loop that walks it.
// Answer: rustc E0502
use std::collections::BTreeMap;

fn main() {
    let mut cache = BTreeMap::from([("a", 1), ("b", 2), ("c", 3)]);
    for (key, age) in &cache {
        if *age > 1 {
            cache.remove(key); // <- here
        }
    }
    println!("{cache:?}");
}

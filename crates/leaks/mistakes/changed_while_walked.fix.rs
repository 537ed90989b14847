// Fix: `retain` walks the map and removes what does not fit.
// Answer: run prints {"a": 1}
use std::collections::BTreeMap;

fn main() {
    let mut cache = BTreeMap::from([("a", 1), ("b", 2), ("c", 3)]);
    cache.retain(|_, age| *age <= 1);
    println!("{cache:?}");
}

//! Fills a map whose keys are numbers as text.

use std::collections::HashMap;

mod sample;

fn main() {
    let work = |count| {
        let mut map = HashMap::new();
        for value in 0..count {
            map.insert(value.to_string(), value);
        }
        map
    };
    sample::samples(work, |map| map.values().sum());
}

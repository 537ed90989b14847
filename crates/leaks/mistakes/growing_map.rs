// Mistake: a cache from which nothing is ever removed.
// Answer: silent
use std::collections::HashMap;

fn load(cache: &mut HashMap<String, Vec<u8>>, key: String) -> usize {
    cache.entry(key).or_insert_with(|| vec![0; 1024]).len()
}

fn main() {
    let mut cache = HashMap::new();
    for number in 0..1_000 {
        load(&mut cache, format!("user-{number}"));
    }
    println!("{} values are kept", cache.len());
}

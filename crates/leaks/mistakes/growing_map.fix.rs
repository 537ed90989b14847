// Fix: Give it a limit; where the newest must stay, let the oldest go as the pair does.
// Answer: run prints 100 values are kept
use std::collections::HashMap;

fn load(cache: &mut HashMap<String, Vec<u8>>, key: String) -> usize {
    if cache.len() == 100 && !cache.contains_key(&key) {
        cache.clear();
    }
    cache.entry(key).or_insert_with(|| vec![0; 1024]).len()
}

fn main() {
    let mut cache = HashMap::new();
    for number in 0..1_000 {
        load(&mut cache, format!("user-{number}"));
    }
    println!("{} values are kept", cache.len());
}

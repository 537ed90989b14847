// Mistake: returning a function that refers to a local without owning it.
// Answer: rustc E0373
fn counter(start: i64) -> impl FnMut() -> i64 {
    let mut n = start;
    || { // <- here
        n += 1;
        n
    }
}

fn main() {
    println!("{}", counter(41)());
}

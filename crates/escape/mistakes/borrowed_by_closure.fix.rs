// Fix: `move` makes the function own the number.
// Answer: run prints 42
fn counter(start: i64) -> impl FnMut() -> i64 {
    let mut n = start;
    move || {
        n += 1;
        n
    }
}

fn main() {
    println!("{}", counter(41)());
}

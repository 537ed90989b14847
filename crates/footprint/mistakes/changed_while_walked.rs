// Mistake: a list is changed by the loop that walks it.
// Answer: rustc E0499
fn main() {
    let mut list: Vec<i64> = (1..=4).collect();
    for value in list.iter_mut() {
        if *value == 2 {
            list.remove(0); // <- here
        }
    }
    println!("{list:?}");
}

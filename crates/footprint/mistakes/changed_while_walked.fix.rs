// Fix: Look first, and change the list when the walk is over.
// Answer: run prints [2, 3, 4]
fn main() {
    let mut list: Vec<i64> = (1..=4).collect();
    let found = list.iter().any(|value| *value == 2);
    if found {
        list.remove(0);
    }
    println!("{list:?}");
}

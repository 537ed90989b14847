// Fix: `retain` walks the list and closes the gaps itself.
// Answer: run prints [3, 5]
fn main() {
    let mut lives = vec![3, 0, 0, 5];
    lives.retain(|life| *life != 0);
    println!("{lives:?}");
}

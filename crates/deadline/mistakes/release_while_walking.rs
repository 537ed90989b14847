// Mistake: the dead are taken out of the list while a loop walks over it.
// Answer: rustc E0502
fn main() {
    let mut lives = vec![3, 0, 0, 5];
    for (place, life) in lives.iter().enumerate() {
        if *life == 0 {
            lives.remove(place); // <- here
        }
    }
    println!("{lives:?}");
}

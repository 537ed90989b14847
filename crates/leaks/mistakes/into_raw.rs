// Mistake: a box becomes a raw pointer for other code, and nobody keeps it.
// Answer: rustc unused_must_use
fn hand_over(text: &str) {
    let name = Box::new(text.to_owned());
    println!("hands over {name}");
    Box::into_raw(name); // <- here
}

fn main() {
    hand_over("user-1");
}

// Fix: Keep the raw pointer, and make it a box again: then it is dropped.
// Answer: run prints takes back user-1
fn hand_over(text: &str) -> *mut String {
    let name = Box::new(text.to_owned());
    println!("hands over {name}");
    Box::into_raw(name)
}

fn main() {
    let name = hand_over("user-1");
    // SAFETY: the pointer comes from a box, and nobody else has it.
    let name = unsafe { Box::from_raw(name) };
    println!("takes back {name}");
}

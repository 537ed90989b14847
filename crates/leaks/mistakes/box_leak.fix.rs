// Fix: Return the text itself: the caller owns it, and drops it.
// Answer: run prints user-9
fn name(number: usize) -> String {
    format!("user-{number}")
}

fn main() {
    for number in 0..10 {
        println!("{}", name(number));
    }
}

// Mistake: Box::leak for each request, to get a reference that lives long enough.
// Answer: silent
fn name(number: usize) -> &'static str {
    Box::leak(format!("user-{number}").into_boxed_str())
}

fn main() {
    for number in 0..10 {
        println!("{}", name(number));
    }
}

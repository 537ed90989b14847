// Mistake: the head of each message is kept, and the message itself is not.
// Answer: rustc E0597
fn main() {
    let mut heads: Vec<&[u8]> = Vec::new();
    for length in 1..=100 {
        let message = vec![1; 1024 * length];
        heads.push(&message[..16]); // <- here
    }
    println!("{} heads", heads.len());
}

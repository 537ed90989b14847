// Fix: Copy the 16 bytes: the message can go.
// Answer: run prints 100 heads
fn main() {
    let mut heads: Vec<Vec<u8>> = Vec::new();
    for length in 1..=100 {
        let message = vec![1; 1024 * length];
        heads.push(message[..16].to_vec());
    }
    println!("{} heads", heads.len());
}

// Mistake: a buffer is freed early and asked for its length afterwards.
// Answer: rustc E0382
fn main() {
    let data = vec![0u8; 1024];
    drop(data);
    println!("{} bytes", data.len()); // <- here
}

// Fix: Ask before the buffer is freed.
// Answer: run prints 1024 bytes
fn main() {
    let data = vec![0u8; 1024];
    println!("{} bytes", data.len());
    drop(data);
}

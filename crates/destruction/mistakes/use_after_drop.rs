// Mistake: reading from a file that was closed before its scope ended.
// Answer: rustc E0382
use std::{fs::File, io::Read as _};

fn main() -> std::io::Result<()> {
    let mut file = File::open("/dev/null")?;
    drop(file);
    let mut text = String::new();
    file.read_to_string(&mut text)?; // <- here
    println!("{text}");
    Ok(())
}

// Fix: Close the file after the last use, or leave that to the end of the scope.
// Answer: run exit 0
use std::{fs::File, io::Read as _};

fn main() -> std::io::Result<()> {
    let mut file = File::open("/dev/null")?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    drop(file);
    println!("{text}");
    Ok(())
}

// Fix: Put the file into a type of your own, which may have a `Drop`.
// Answer: run prints closed
use std::fs::File;

struct Told {
    _file: File,
}

impl Drop for Told {
    fn drop(&mut self) {
        println!("closed");
    }
}

fn main() -> std::io::Result<()> {
    let _told = Told {
        _file: File::open("/dev/null")?,
    };
    Ok(())
}

// Fix: Wait for the child: then the system forgets it.
// Answer: run prints started true
use std::process::Command;

fn start() {
    let mut child = Command::new("true").spawn().expect("it starts");
    println!("started {}", child.id() > 0);
    child.wait().expect("it ends");
}

fn main() {
    start();
}

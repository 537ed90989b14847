// Mistake: a child process that nobody waits for; behind `?` in place of expect, the lint is silent.
// Answer: clippy zombie_processes
use std::process::Command;

fn start() {
    let child = Command::new("true").spawn().expect("it starts"); // <- here
    println!("started {}", child.id() > 0);
}

fn main() {
    start();
}

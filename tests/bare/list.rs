//! A bare program: grows a list of nodes of 16 bytes, and waits before and after it for a line from
//! its observer.

use std::{env, io::stdin, process::exit};

struct Node {
    value: i64,
    next: Option<Box<Node>>,
}

fn wait(says: &str) {
    println!("{says}");
    stdin().read_line(&mut String::new()).expect("a line");
}

fn main() {
    let count = env::args().nth(1).expect("a count");
    let count: i64 = count.parse().expect("a number");
    wait("empty");
    let mut head: Option<Box<Node>> = None;
    for value in 0..count {
        head = Some(Box::new(Node { value, next: head }));
    }
    wait("grown");
    let mut sum = 0;
    let mut link = &head;
    while let Some(node) = link {
        sum += node.value;
        link = &node.next;
    }
    println!("{sum}");
    // Dropping so long a chain of boxes would overflow the stack.
    exit(0);
}

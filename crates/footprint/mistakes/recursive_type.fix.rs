// Fix: Put the next node into a box: a pointer has a size.
// Answer: run prints 1 true
struct Node {
    value: i64,
    next: Option<Box<Node>>,
}

fn main() {
    let node = Node { value: 1, next: None };
    println!("{} {}", node.value, node.next.is_none());
}

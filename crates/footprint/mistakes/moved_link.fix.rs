// Fix: `take` moves the node out and leaves `None` in its place.
// Answer: run prints None
struct Node {
    value: i64,
    next: Option<Box<Node>>,
}

struct List {
    head: Option<Box<Node>>,
}

impl List {
    fn pop(&mut self) -> Option<i64> {
        let node = self.head.take()?;
        self.head = node.next;
        Some(node.value)
    }
}

fn main() {
    let mut list = List { head: None };
    println!("{:?}", list.pop());
}

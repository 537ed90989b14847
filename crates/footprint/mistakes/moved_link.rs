// Mistake: taking the first node out of a borrowed list as one would copy a pointer in Go.
// Answer: rustc E0507
struct Node {
    value: i64,
    next: Option<Box<Node>>,
}

struct List {
    head: Option<Box<Node>>,
}

impl List {
    fn pop(&mut self) -> Option<i64> {
        let node = self.head?; // <- here
        self.head = node.next;
        Some(node.value)
    }
}

fn main() {
    let mut list = List { head: None };
    println!("{:?}", list.pop());
}

// Fix: A `Drop` that takes the nodes out one by one: no call nests in another.
// Answer: run prints all are freed
struct Node {
    _value: i64,
    _next: Option<Box<Node>>,
}

impl Drop for Node {
    fn drop(&mut self) {
        let mut rest = self._next.take();
        while let Some(mut node) = rest {
            rest = node._next.take();
        }
    }
}

fn main() {
    let mut head = None;
    for value in 0..1_000_000 {
        head = Some(Box::new(Node { _value: value, _next: head }));
    }
    println!("{}", head.is_some());
    drop(head);
    println!("all are freed");
}

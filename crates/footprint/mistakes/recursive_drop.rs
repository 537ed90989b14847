// Mistake: a long list of boxes without a Drop of its own, which is freed by recursion.
// Answer: run aborts
struct Node {
    _value: i64,
    _next: Option<Box<Node>>,
}

fn main() {
    let mut head = None;
    for value in 0..1_000_000 {
        head = Some(Box::new(Node { _value: value, _next: head }));
    }
    println!("{}", head.is_some());
    drop(head);
    println!("never printed");
}

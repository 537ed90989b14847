// Mistake: a node that holds the next node itself, which would make it endlessly large.
// Answer: rustc E0072
struct Node { // <- here
    value: i64,
    next: Option<Node>,
}

fn main() {
    let node = Node { value: 1, next: None };
    println!("{} {}", node.value, node.next.is_none());
}

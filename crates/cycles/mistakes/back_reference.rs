// Mistake: a child with a plain reference to its parent, as one would write it in Go.
// Answer: rustc E0506
struct Node<'a> {
    parent: Option<&'a Node<'a>>,
    children: Vec<Node<'a>>,
}

fn main() {
    let mut root = Node {
        parent: None,
        children: Vec::new(),
    };
    let child = Node {
        parent: Some(&root),
        children: Vec::new(),
    };
    root.children = vec![child]; // <- here
    println!("{}", root.children[0].parent.is_some());
}

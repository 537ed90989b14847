// Mistake: parent and child each hold an Rc of the other, and nobody frees them.
// Answer: run prints still alive: 2
use std::{cell::RefCell, rc::Rc};

struct Node {
    alive: Rc<()>,
    links: RefCell<Vec<Rc<Node>>>,
}

fn main() {
    let alive = Rc::new(());
    let node = || {
        Rc::new(Node {
            alive: alive.clone(),
            links: RefCell::default(),
        })
    };
    let (parent, child) = (node(), node());
    parent.links.borrow_mut().push(child.clone());
    child.links.borrow_mut().push(parent.clone());
    let count = parent.alive.clone();
    drop((parent, child));
    println!("still alive: {}", Rc::strong_count(&count) - 2);
}

// Fix: Link upwards with a `Weak`: only the parent keeps the other alive.
// Answer: run prints still alive: 0
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

struct Node {
    alive: Rc<()>,
    parent: RefCell<Weak<Node>>,
    children: RefCell<Vec<Rc<Node>>>,
}

fn main() {
    let alive = Rc::new(());
    let node = || {
        Rc::new(Node {
            alive: alive.clone(),
            parent: RefCell::default(),
            children: RefCell::default(),
        })
    };
    let (parent, child) = (node(), node());
    parent.children.borrow_mut().push(child.clone());
    *child.parent.borrow_mut() = Rc::downgrade(&parent);
    let count = parent.alive.clone();
    drop((parent, child));
    println!("still alive: {}", Rc::strong_count(&count) - 2);
}

// Fix: Count the nodes with `Rc`, and let the child know its parent by a `Weak`.
// Answer: run prints true
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

struct Node {
    parent: RefCell<Weak<Node>>,
    children: RefCell<Vec<Rc<Node>>>,
}

fn main() {
    let root = Rc::new(Node {
        parent: RefCell::default(),
        children: RefCell::default(),
    });
    let child = Rc::new(Node {
        parent: RefCell::new(Rc::downgrade(&root)),
        children: RefCell::default(),
    });
    root.children.borrow_mut().push(child);
    let parent = root.children.borrow()[0].parent.borrow().upgrade();
    println!("{}", parent.is_some());
}

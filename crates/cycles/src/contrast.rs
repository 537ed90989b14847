// Twin: go/cycles/contrast.go

//! The facts that differ.

use std::{cell::RefCell, rc::Rc};

use cycles::Node;
use pair::{Counted, Facts, Stop, Tally, settle};

/// A node with strong links both ways: the mistake.
struct Knot {
    _payload: Counted<()>,
    links: RefCell<Vec<Rc<Knot>>>,
}

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let tally = Tally::new();
    knot(&tally);
    settle();
    facts.add(
        "freed of 2 nodes with strong links both ways",
        tally.freed(),
    );

    let tally = Tally::new();
    let child = held_child(&tally);
    settle();
    facts.add(
        "alive of 3 nodes while a child of the dropped root is held",
        tally.alive(),
    );
    facts.add(
        "the held child still has a parent",
        child.parent().is_some(),
    );

    facts.add("a finalizer on a member of a cycle ran", "there are none");
    facts.add("a cleanup on a member of a cycle ran", "there are none");
    Ok(())
}

fn knot(tally: &Tally) {
    let node = || {
        Rc::new(Knot {
            _payload: Counted::new(tally, ()),
            links: RefCell::default(),
        })
    };
    let (a, b) = (node(), node());
    a.links.borrow_mut().push(b.clone());
    b.links.borrow_mut().push(a);
}

fn held_child(tally: &Tally) -> Rc<Node<Counted<()>>> {
    let node = || Node::new(Counted::new(tally, ()));
    let (root, left, right) = (node(), node(), node());
    root.link(left.clone());
    root.link(right);
    left
}

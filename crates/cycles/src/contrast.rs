// Twin: go/cycles/contrast.go

//! The facts that differ.

use std::{cell::RefCell, rc::Rc};

use cycles::Node;
use pair::{Counted, Facts, Stop, Tally, settle};

/// A node with strong links both ways: the mistake.
pub struct Knot {
    pub payload: Counted<()>,
    pub links: RefCell<Vec<Rc<Knot>>>,
}

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let count = facts.count();
    // Drop is what Rust has for a cleanup and for a finalizer: each payload has one.
    for with in ["", ", a cleanup on one", ", a finalizer on one"] {
        let tally = Tally::new();
        knots(&tally, count);
        settle();
        facts.add(
            format_args!("of {count} nodes with strong links both ways{with}: freed, alive"),
            format_args!("{}, {}", tally.freed(), tally.alive()),
        );
    }

    let tally = Tally::new();
    let last = last_of_chain(&tally, count);
    settle();
    facts.add(
        format_args!("alive of a chain of {count} while its last node is held"),
        tally.alive(),
    );
    facts.add("steps up from the node that is held", last.depth());
    Ok(())
}

/// Nodes that each hold the one before and the one behind.
fn knots(tally: &Tally, count: usize) {
    let mut before: Option<Rc<Knot>> = None;
    for _ in 0..count {
        before = Some(knot(tally, before.as_ref()));
    }
}

/// A node that holds the one before, and that the one before holds.
pub fn knot(tally: &Tally, before: Option<&Rc<Knot>>) -> Rc<Knot> {
    let knot = Rc::new(Knot {
        payload: Counted::new(tally, ()),
        links: RefCell::default(),
    });
    if let Some(before) = before {
        before.links.borrow_mut().push(knot.clone());
        knot.links.borrow_mut().push(before.clone());
    }
    knot
}

/// The last of this many nodes, each below the one before; nobody holds the others.
fn last_of_chain(tally: &Tally, count: usize) -> Rc<Node<Counted<()>>> {
    let root = Node::new(Counted::new(tally, ()));
    let mut last = root.clone();
    for _ in 1..count {
        let node = Node::new(Counted::new(tally, ()));
        last.link(node.clone());
        last = node;
    }
    drop(root);
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_follow_the_number_of_nodes() {
        for count in [7, 1000] {
            let facts = Facts::collect(count, contrast).expect("facts");
            let links = format!("of {count} nodes with strong links both ways");
            let expected = [
                format!("{links}: freed, alive\t0, {count}"),
                format!("{links}, a cleanup on one: freed, alive\t0, {count}"),
                format!(
                    "{links}, a finalizer on one: freed, alive\t0, {count}"
                ),
                format!(
                    "alive of a chain of {count} while its last node is held\t1"
                ),
                "steps up from the node that is held\t0".to_owned(),
            ];
            assert_eq!(facts, expected);
        }
    }
}

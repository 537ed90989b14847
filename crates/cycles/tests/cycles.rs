// Twin: go/cycles/cycles_test.go

//! What a tree does in both languages.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    rc::Rc,
};

use cycles::Node;

fn values(nodes: &[Rc<Node<&'static str>>]) -> Vec<&'static str> {
    nodes.iter().map(|node| node.value).collect()
}

#[test]
fn a_new_node_is_on_its_own() {
    let node = Node::new("a");
    assert!(node.parent().is_none());
    assert!(node.children().is_empty());
    assert_eq!(node.depth(), 0);
}

#[test]
fn children_stand_in_the_order_of_linking() {
    let root = Node::new("root");
    for name in ["a", "b", "c"] {
        root.link(Node::new(name));
    }
    assert_eq!(values(&root.children()), ["a", "b", "c"]);
}

#[test]
fn unlink_takes_one_child_away() {
    let root = Node::new("root");
    for name in ["a", "b", "c"] {
        root.link(Node::new(name));
    }
    let b = root.children()[1].clone();
    b.unlink();
    assert_eq!(values(&root.children()), ["a", "c"]);
    assert!(b.parent().is_none());
}

#[test]
fn unlink_of_a_root_does_nothing() {
    let root = Node::new("root");
    root.unlink();
    assert!(root.parent().is_none());
}

#[test]
fn depth_counts_the_steps_up() {
    for steps in [0, 1, 2, 1000] {
        let root = Node::new("root");
        let mut last = root.clone();
        for _ in 0..steps {
            let node = Node::new("node");
            last.link(node.clone());
            last = node;
        }
        assert_eq!(last.depth(), steps);
    }
}

#[test]
fn a_link_that_makes_no_tree_is_refused_and_changes_nothing() {
    // The chain a, b, c with d below b, and the root e with f below.
    for (parent, child, links) in [
        ("a", "a", false),
        ("e", "e", false),
        ("c", "a", false),
        ("d", "a", false),
        ("b", "c", false),
        ("a", "c", false),
        ("e", "c", false),
        ("f", "e", false),
        ("a", "e", true),
        ("c", "e", true),
        ("f", "a", true),
    ] {
        let nodes = ["a", "b", "c", "d", "e", "f"].map(Node::new);
        let node = |name: &str| {
            nodes.iter().find(|n| n.value == name).expect("a node")
        };
        for (parent, child) in [("a", "b"), ("b", "c"), ("b", "d"), ("e", "f")]
        {
            assert!(node(parent).link(node(child).clone()));
        }
        let seen = || -> Vec<_> {
            let seen = nodes.iter().map(|n| (n.depth(), values(&n.children())));
            seen.collect()
        };
        let before = seen();
        let linked = node(parent).link(node(child).clone());
        assert_eq!(linked, links, "{child} under {parent}");
        assert_eq!(seen() != before, links, "{child} under {parent}");
        // What can be linked once cannot be linked again.
        assert!(!node(parent).link(node(child).clone()));
        let below = node(parent)
            .children()
            .iter()
            .filter(|n| n.value == child)
            .count();
        assert!(below <= 1, "{child} under {parent} {below} times");
    }
}

#[test]
fn a_million_nodes_are_linked_from_either_end() {
    for upwards in [false, true] {
        let first = Node::new(0);
        let mut last = first.clone();
        for number in 1..1_000_000 {
            let node = Node::new(number);
            let linked = if upwards {
                node.link(last.clone())
            } else {
                last.link(node.clone())
            };
            assert!(linked);
            last = node;
        }
        let (top, bottom) = if upwards {
            (last, first)
        } else {
            (first, last)
        };
        assert_eq!((top.depth(), bottom.depth()), (0, 999_999));
        assert!(!bottom.link(top));
    }
}

/// Counts when it is dropped, and panics if its turn has come.
struct Bomb<'a> {
    dropped: &'a Cell<usize>,
    explodes: bool,
}

impl Drop for Bomb<'_> {
    fn drop(&mut self) {
        self.dropped.set(self.dropped.get() + 1);
        if self.explodes {
            resume_unwind(Box::new("on purpose"));
        }
    }
}

// only here: Go's values have no destructor that could panic.
#[test]
fn a_panic_of_a_drop_frees_every_node_once_and_without_recursion() {
    for place in [0, 2, 500_000, 999_999] {
        for deep in [true, false] {
            let dropped = Cell::new(0);
            let node = |number| {
                Node::new(Bomb {
                    dropped: &dropped,
                    explodes: number == place,
                })
            };
            let root = node(0);
            let mut above = root.clone();
            for number in 1..1_000_000 {
                let node = node(number);
                above.link(node.clone());
                if deep {
                    above = node;
                }
            }
            drop(above);
            assert!(catch_unwind(AssertUnwindSafe(|| drop(root))).is_err());
            assert_eq!(dropped.get(), 1_000_000, "{place}, deep {deep}");
        }
    }
}

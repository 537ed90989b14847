// Twin: go/cycles/cycles_test.go

//! What a tree does, whoever frees it.

use std::rc::Rc;

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

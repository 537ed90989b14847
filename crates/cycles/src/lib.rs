// Twin: go/cycles/cycles.go

//! A tree whose nodes know their parent.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use std::{
    cell::RefCell,
    mem,
    rc::{Rc, Weak},
};

/// A node owns its children and knows its parent.
pub struct Node<T> {
    /// The value that it carries.
    pub value: T,
    // Weak: a strong link upwards would be a cycle that is never freed.
    parent: RefCell<Weak<Node<T>>>,
    children: RefCell<Vec<Rc<Node<T>>>>,
}

impl<T> Node<T> {
    /// A node on its own.
    pub fn new(value: T) -> Rc<Self> {
        Rc::new(Node {
            value,
            parent: RefCell::default(),
            children: RefCell::default(),
        })
    }

    /// The node above, if there is one and it still lives.
    pub fn parent(&self) -> Option<Rc<Self>> {
        self.parent.borrow().upgrade()
    }

    /// The nodes below, in the order in which they were linked.
    pub fn children(&self) -> Vec<Rc<Self>> {
        self.children.borrow().clone()
    }

    /// Adds a child to this node, and reports whether that is allowed: it has
    /// no parent, and is neither this node nor above it.
    pub fn link(self: &Rc<Self>, child: Rc<Self>) -> bool {
        if child.parent().is_some() || self.is_below(&child) {
            return false;
        }
        *child.parent.borrow_mut() = Rc::downgrade(self);
        self.children.borrow_mut().push(child);
        true
    }

    /// Removes this node from its parent.
    pub fn unlink(self: &Rc<Self>) {
        if let Some(parent) = self.parent() {
            let mut siblings = parent.children.borrow_mut();
            siblings.retain(|child| !Rc::ptr_eq(child, self));
        }
        self.parent.take();
    }

    /// The number of steps up to the root.
    pub fn depth(&self) -> usize {
        let mut steps = 0;
        let mut above = self.parent();
        while let Some(node) = above {
            steps += 1;
            above = node.parent();
        }
        steps
    }

    /// Whether a node is this one, or stands above it.
    fn is_below(self: &Rc<Self>, top: &Rc<Self>) -> bool {
        if Rc::ptr_eq(self, top) {
            return true;
        }
        // A node without children has nothing below it: no need to walk up.
        let mut above = self.parent().filter(|_| top.has_children());
        while let Some(node) = above {
            if Rc::ptr_eq(&node, top) {
                return true;
            }
            above = node.parent();
        }
        false
    }

    fn has_children(&self) -> bool {
        !self.children.borrow().is_empty()
    }
}

// only here: without it a deep tree is dropped by recursion. A value whose own
// drop panics changes nothing: the nodes that are left are dropped in the same
// way, while the panic goes on.
impl<T> Drop for Node<T> {
    fn drop(&mut self) {
        let mut rest = mem::take(self.children.get_mut());
        while let Some(node) = rest.pop() {
            if let Some(mut last) = Rc::into_inner(node) {
                rest.append(last.children.get_mut());
            }
        }
    }
}

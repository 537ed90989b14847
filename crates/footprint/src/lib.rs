// Twin: go/footprint/footprint.go

//! A singly linked list, one heap block for each node.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use std::{iter, mem};

/// A value and the link to the next node.
pub struct Node<T> {
    value: T,
    // One word: the address that a Box never has stands for None.
    next: Option<Box<Node<T>>>,
}

/// A list owns its nodes.
pub struct List<T> {
    head: Option<Box<Node<T>>>,
    length: usize,
}

impl<T> List<T> {
    /// A list without nodes.
    pub fn new() -> Self {
        List {
            head: None,
            length: 0,
        }
    }

    /// Adds a value at the front.
    pub fn push(&mut self, value: T) {
        let next = self.head.take();
        self.head = Some(Box::new(Node { value, next }));
        self.length += 1;
    }

    /// Removes and returns the first value, if there is one.
    pub fn pop(&mut self) -> Option<T> {
        let node = self.head.take()?;
        self.head = node.next;
        self.length -= 1;
        Some(node.value)
    }

    /// Inserts a value at an index, and reports whether the list is long
    /// enough.
    pub fn insert(&mut self, at: usize, value: T) -> bool {
        let Some(link) = self.link(at) else {
            return false;
        };
        let next = link.take();
        *link = Some(Box::new(Node { value, next }));
        self.length += 1;
        true
    }

    /// Removes and returns the value at an index, if there is one.
    pub fn remove(&mut self, at: usize) -> Option<T> {
        let link = self.link(at)?;
        let node = link.take()?;
        *link = node.next;
        self.length -= 1;
        Some(node.value)
    }

    /// Reverses the order of the nodes.
    pub fn reverse(&mut self) {
        let mut rest = self.head.take();
        while let Some(mut node) = rest {
            rest = mem::replace(&mut node.next, self.head.take());
            self.head = Some(node);
        }
    }

    /// Removes every value that keep refuses.
    ///
    /// A panic of `keep` leaves a whole list, and none of its values is lost.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        let mut link = &mut self.head;
        loop {
            match link {
                Some(node) if !keep(&node.value) => {
                    let rest = node.next.take();
                    self.length -= 1;
                    // Last: this drops the value, and that may panic.
                    *link = rest;
                }
                Some(node) => link = &mut node.next,
                None => return,
            }
        }
    }

    /// The number of nodes.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The values from the first to the last.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        let first = self.head.as_deref();
        let nodes = iter::successors(first, |node| node.next.as_deref());
        nodes.map(|node| &node.value)
    }

    /// Removes every node.
    pub fn clear(&mut self) {
        // One by one: dropping the first would drop the rest by recursion.
        while self.pop().is_some() {}
    }

    fn link(&mut self, at: usize) -> Option<&mut Option<Box<Node<T>>>> {
        let mut link = &mut self.head;
        for _ in 0..at {
            link = &mut link.as_mut()?.next;
        }
        Some(link)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List::new()
    }
}

// only here: what the compiler would write by itself is a recursion.
impl<T> Drop for List<T> {
    fn drop(&mut self) {
        if self.head.is_some() {
            // Its own list: if a value's drop panics, the rest goes with it.
            let mut rest = mem::take(self);
            rest.clear();
        }
    }
}

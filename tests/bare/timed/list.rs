//! Grows a list, adds up its values and frees it.

use std::hint::black_box;

mod sample;

struct Node {
    value: i64,
    next: Option<Box<Node>>,
}

fn main() {
    let work = |count| {
        let mut head = None;
        for value in 0..count {
            head = Some(Box::new(Node { value, next: head }));
        }
        let (mut sum, mut link) = (0, black_box(&head));
        while let Some(node) = link {
            sum += node.value;
            link = &node.next;
        }
        // One by one: a recursion as deep as the list is long would overflow the stack.
        while let Some(node) = head {
            head = node.next;
        }
        sum
    };
    sample::samples(work, |sum| sum);
}

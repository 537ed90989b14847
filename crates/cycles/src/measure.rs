// Twin: go/cycles/measure.go

//! The measured cases.

use std::rc::Rc;

use cycles::Node;
use pair::{Bench, Case, Stop};

pub const CASES: &[Case] = &[Case {
    name: "tree",
    unit: "ns",
    says: "builds a tree of SCALE nodes that know their parent, ten below each, adds up and lets go",
    scale: 100_000,
    most: 10_000_000,
    run: tree,
}];

fn tree(bench: &mut Bench) -> Result<(), Stop> {
    let nodes = bench.scale as i64;
    bench.answer(sum(&build(nodes)));
    while let Some(mut sample) = bench.next_sample() {
        sample.time(|| sum(&build(nodes)));
        bench.report(sample);
    }
    Ok(())
}

/// A tree of nodes numbered from 0, level by level; node n hangs below node (n - 1) / 10.
fn build(nodes: i64) -> Rc<Node<i64>> {
    let root = Node::new(0);
    let mut level = vec![root.clone()];
    let mut made = 1;
    while made < nodes {
        let mut next = Vec::new();
        for parent in &level {
            for _ in 0..10.min(nodes - made) {
                let node = Node::new(made);
                parent.link(node.clone());
                next.push(node);
                made += 1;
            }
        }
        level = next;
    }
    root
}

/// The sum of each value times its depth, which asks for parents as well as children.
fn sum(root: &Rc<Node<i64>>) -> i64 {
    let mut sum = 0;
    let mut rest = vec![root.clone()];
    while let Some(node) = rest.pop() {
        sum += node.value * node.depth() as i64;
        rest.extend(node.children());
    }
    sum
}

//! The benchmark binary-trees, with each node in a block of its own.

use std::hint::black_box;

mod sample;

struct Tree {
    below: [Option<Box<Tree>>; 2],
}

fn tree(depth: u32) -> Box<Tree> {
    let below = || (depth > 0).then(|| tree(depth - 1));
    Box::new(Tree {
        below: [below(), below()],
    })
}

fn nodes(tree: &Tree) -> i64 {
    let [left, right] = &tree.below;
    let of = |side: &Option<Box<Tree>>| side.as_deref().map_or(0, nodes);
    1 + of(left) + of(right)
}

fn main() {
    let work = |count: i64| {
        let most = (count + 1).ilog2() - 1;
        let mut all = nodes(black_box(&tree(most + 1)));
        let long = tree(most);
        for depth in (4..=most).step_by(2) {
            for _ in 0..1 << (most - depth + 4) {
                all += nodes(black_box(&tree(depth)));
            }
        }
        all + nodes(&long)
    };
    sample::samples(work, |nodes| nodes);
}

// Twin: go/cycles/measure.go

//! The measured cases.

use std::{hint::black_box, rc::Rc};

use cycles::Node;
use pair::{Bench, Case, Stop};

pub const CASES: &[Case] = &[
    Case {
        name: "tree",
        unit: "ns",
        says: "builds a tree of SCALE nodes that know their parent, ten below each, adds up their values and frees it",
        scale: 100_000,
        max: 10_000_000,
        run: tree,
    },
    Case {
        name: "binary_trees",
        unit: "ns",
        says: "does the work of the benchmark binary-trees up to trees of SCALE nodes, each a block",
        scale: 8_191,
        max: 2_097_151,
        run: binary_trees,
    },
    Case {
        name: "binary_trees_arena",
        unit: "ns",
        says: "does the same work with the nodes of a tree in one slab, which is used again",
        scale: 8_191,
        max: 2_097_151,
        run: binary_trees_arena,
    },
];

fn tree(bench: &mut Bench) -> Result<(), Stop> {
    let nodes = bench.scale as i64;
    bench.answer(sum(&build(nodes)));
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| black_box(sum(&build(nodes))));
        sample.answers(answer);
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

fn binary_trees(bench: &mut Bench) -> Result<(), Stop> {
    let depth = depth(bench.scale);
    bench.answer(on_heap(depth));
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| black_box(on_heap(depth)));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

fn binary_trees_arena(bench: &mut Bench) -> Result<(), Stop> {
    let depth = depth(bench.scale);
    bench.answer(in_arena(depth));
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| black_box(in_arena(depth)));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

/// The least depth of a tree in the benchmark; the largest is two more at least.
const LEAST: usize = 4;

/// The depth of the largest whole tree of at most this many nodes.
fn depth(nodes: usize) -> usize {
    (nodes + 1).ilog2() as usize - 1
}

/// Counts the nodes of many short-lived trees, while one of the largest size lives all the time.
fn on_heap(depth: usize) -> usize {
    let most = depth.max(LEAST + 2);
    let stretch = black_box(Box::new(Tree::new(most + 1))).count();
    let long = Box::new(Tree::new(most));
    let short = short_lived(most, |depth| {
        black_box(Box::new(Tree::new(depth))).count()
    });
    stretch + short + long.count()
}

/// The same with all nodes in slabs: one for the tree that stays, one for all that do not.
fn in_arena(depth: usize) -> usize {
    let most = depth.max(LEAST + 2);
    let (mut passing, mut staying) = (Slab::default(), Slab::default());
    let stretch = passing.once(most + 1);
    let root = staying.build(most);
    let short = short_lived(most, |depth| passing.once(depth));
    stretch + short + staying.count(root)
}

/// Many trees one after the other, the fewer the deeper they are; all depths have as many nodes.
fn short_lived(most: usize, mut once: impl FnMut(usize) -> usize) -> usize {
    let mut nodes = 0;
    for depth in (LEAST..=most).step_by(2) {
        for _ in 0..1 << (most - depth + LEAST) {
            nodes += once(depth);
        }
    }
    nodes
}

/// A node of a binary tree; each is put into a block of its own.
struct Tree {
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

impl Tree {
    fn new(depth: usize) -> Self {
        let below = || Some(Box::new(Tree::new(depth.checked_sub(1)?)));
        Tree {
            left: below(),
            right: below(),
        }
    }

    fn count(&self) -> usize {
        let below = |tree: &Option<Box<Tree>>| {
            tree.as_ref().map_or(0, |tree| tree.count())
        };
        1 + below(&self.left) + below(&self.right)
    }
}

/// Nodes of binary trees in one block: each knows the places of the two below it, 0 means none.
#[derive(Default)]
struct Slab {
    nodes: Vec<[usize; 2]>,
}

impl Slab {
    /// Builds a tree, counts its nodes and frees all at once.
    fn once(&mut self, depth: usize) -> usize {
        let root = self.build(depth);
        let nodes = self.count(root);
        self.nodes.clear();
        nodes
    }

    /// Adds a tree and returns the place of its root.
    fn build(&mut self, depth: usize) -> usize {
        let place = self.nodes.len();
        self.nodes.push([0, 0]);
        if depth > 0 {
            self.nodes[place] = [self.build(depth - 1), self.build(depth - 1)];
        }
        place
    }

    fn count(&self, place: usize) -> usize {
        // The root is nobody's child: its place may be 0.
        let below = self.nodes[place].into_iter().filter(|place| *place != 0);
        1 + below.map(|place| self.count(place)).sum::<usize>()
    }
}

// Twin: go/cycles/parts.go

//! Scripts in which the languages part, over the nodes of the contrast.

use std::{
    collections::BTreeMap,
    rc::{Rc, Weak},
};

use cycles::Node;
use pair::{
    Command, Counted, Line, Links, Operation, Out, Part, Script, Stop, Tally,
    id, whole,
};

use crate::contrast::{Knot, knot};

pub const PARTS: Command = pair::parts(OPERATIONS, |arguments, out| {
    pair::trace(arguments, OPERATIONS, parts, out)
});

const OPERATIONS: &[Operation] = &[
    Operation {
        word: "chain",
        operands: &[COUNT],
        part: Part::None,
        says: "makes nodes below each other, and holds the first; nodes are numbered from 1",
    },
    Operation {
        word: "knots",
        operands: &[COUNT],
        part: Part::None,
        says: "makes nodes with strong links to the one before and the one behind, and holds the first",
    },
    Operation {
        word: "hold",
        operands: &[id("NODE")],
        part: Part::None,
        says: "holds a node, too",
    },
    Operation {
        word: "finalize",
        operands: &[id("NODE")],
        part: Part::None,
        says: "puts a finalizer on a knot that is held; in Rust its payload has a Drop already",
    },
    Operation {
        word: "drop",
        operands: &[id("NODE")],
        part: Part::Releases,
        says: "holds a node no longer",
    },
    Operation {
        word: "settle",
        operands: &[],
        part: Part::Settles,
        says: "waits until what nothing reaches is freed, as far as it ever is",
    },
];

const COUNT: pair::Operand = whole("COUNT", 1, 20);

/// What a script keeps alive in a node, for the limit of bytes.
const NODE_BYTES: usize = 64;

fn parts(script: &mut Script, _: &Out) -> Result<(), Stop> {
    let mut nodes = Nodes {
        tally: script.tally(),
        ..Nodes::default()
    };
    while let Some(line) = script.read_line()? {
        nodes.perform(script, &line)?;
        script.link(|links| nodes.draw(links));
    }
    Ok(())
}

/// The nodes by their numbers: those that the script holds, and those that it only knows.
#[derive(Default)]
struct Nodes {
    tally: Tally,
    held: BTreeMap<usize, Rc<Node<Counted<()>>>>,
    held_knots: BTreeMap<usize, Rc<Knot>>,
    chains: BTreeMap<usize, Weak<Node<Counted<()>>>>,
    knots: BTreeMap<usize, Weak<Knot>>,
}

impl Nodes {
    fn perform(
        &mut self,
        script: &mut Script,
        line: &Line,
    ) -> Result<(), Stop> {
        let number = || line.whole(0);
        match line.word {
            "chain" | "knots" => {
                script.hold(number(), number() * NODE_BYTES)?;
                if line.word == "chain" {
                    self.chain(number());
                } else {
                    self.tie(number());
                }
            }
            "hold" => {
                let node = self.chains.get(&number()).and_then(Weak::upgrade);
                let knot = self.knots.get(&number()).and_then(Weak::upgrade);
                if node.is_none() && knot.is_none() {
                    return Err(script.not_alive(number()));
                }
                self.held.extend(node.map(|node| (number(), node)));
                self.held_knots.extend(knot.map(|knot| (number(), knot)));
            }
            "finalize" => {
                if !self.held_knots.contains_key(&number()) {
                    return Err(
                        script.refuse(format!("{} is not held", number()))
                    );
                }
            }
            "drop" => {
                let node = self.held.remove(&number()).is_some();
                let knot = self.held_knots.remove(&number()).is_some();
                if !node && !knot {
                    return Err(
                        script.refuse(format!("{} is not held", number()))
                    );
                }
            }
            "settle" => {}
            other => return Err(script.unknown(other)),
        }
        Ok(())
    }

    fn chain(&mut self, count: usize) {
        let mut above: Option<Rc<Node<Counted<()>>>> = None;
        for _ in 0..count {
            let node = Node::new(Counted::new(&self.tally, ()));
            let number = node.value.number();
            self.chains.insert(number, Rc::downgrade(&node));
            match above {
                Some(above) => drop(above.link(node.clone())),
                None => drop(self.held.insert(number, node.clone())),
            }
            above = Some(node);
        }
    }

    fn tie(&mut self, count: usize) {
        let mut before = None;
        for _ in 0..count {
            let knot = knot(&self.tally, before.as_ref());
            let number = knot.payload.number();
            self.knots.insert(number, Rc::downgrade(&knot));
            if before.is_none() {
                self.held_knots.insert(number, knot.clone());
            }
            before = Some(knot);
        }
    }

    /// Draws what keeps nodes alive.
    fn draw(&self, links: &mut Links) {
        let held = self.held.keys().chain(self.held_knots.keys());
        held.for_each(|number| links.hold(*number));
        for node in self.chains.values().filter_map(Weak::upgrade) {
            let number = node.value.number();
            for child in node.children() {
                links.strong(number, child.value.number());
            }
            if let Some(parent) = node.parent() {
                links.weak(number, parent.value.number());
            }
        }
        for knot in self.knots.values().filter_map(Weak::upgrade) {
            for other in knot.links.borrow().iter() {
                links.strong(knot.payload.number(), other.payload.number());
            }
        }
    }
}

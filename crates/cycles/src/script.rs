// Twin: go/cycles/script.go

//! The demo and the operations of scripts, over counted nodes.

use std::{
    collections::BTreeMap,
    rc::{Rc, Weak},
};

use cycles::Node;
use pair::{
    Counted, Line, Links, Operation, Out, Part, Script, Stop, Tally, id,
    settle, whole,
};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        word: "node",
        operands: &[],
        part: Part::None,
        says: "makes a node on its own, which counts as 64 bytes, and prints its number; nodes are numbered from 1",
    },
    Operation {
        word: "chain",
        operands: &[whole("LENGTH", 1, 1_000_000)],
        part: Part::None,
        says: "makes LENGTH nodes, each below the one before, which count as 64 bytes each, and prints the first and the last number, or the same as node if LENGTH is 1",
    },
    Operation {
        word: "link",
        operands: &[id("PARENT"), id("CHILD")],
        part: Part::None,
        says: "puts a root under another node; refused if it is no root, or is that node or above it",
    },
    Operation {
        word: "unlink",
        operands: &[id("NODE")],
        part: Part::None,
        says: "takes a node away from its parent, which makes it a root; refused if it is one",
    },
    Operation {
        word: "drop",
        operands: &[id("ROOT")],
        part: Part::Releases,
        says: "drops a root with all nodes below it, and prints how many nodes that are; refused if it is no root",
    },
    Operation {
        word: "settle",
        operands: &[],
        part: Part::Settles,
        says: "waits until everything released is freed",
    },
    Operation {
        word: "alive",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of live nodes",
    },
    Operation {
        word: "freed",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of freed nodes",
    },
    Operation {
        word: "depth",
        operands: &[id("NODE")],
        part: Part::None,
        says: "prints the number of steps up to the root",
    },
    Operation {
        word: "parent",
        operands: &[id("NODE")],
        part: Part::None,
        says: "prints the node above, or no parent",
    },
    Operation {
        word: "children",
        operands: &[id("NODE")],
        part: Part::None,
        says: "prints all nodes below, in the order in which they were linked, or none",
    },
];

/// What a script keeps alive in a node, for the limit of bytes.
const NODE_BYTES: usize = 64;

/// The payload knows the node's number and tells when it is freed.
type Counting = Node<Counted<usize>>;

pub fn demo(out: &Out) -> Result<(), Stop> {
    let tally = Tally::new();
    let mut made = 0;
    let mut node = || {
        made += 1;
        Node::new(Counted::new(&tally, made))
    };
    let (root, left, right, leaf) = (node(), node(), node(), node());
    root.link(left.clone());
    root.link(right);
    left.link(leaf.clone());
    out.line(format_args!(
        "children of the root: {}",
        numbers(&root.children())
    ));
    out.line(format_args!("depth of the leaf: {}", leaf.depth()));

    left.unlink();
    out.line(format_args!(
        "depth of the leaf without the root: {}",
        leaf.depth()
    ));
    drop(root);
    settle();
    out.line(format_args!(
        "freed with the root: {} of {}",
        tally.freed(),
        tally.made()
    ));

    drop((left, leaf));
    settle();
    out.line(format_args!(
        "freed in the end: {} of {}",
        tally.freed(),
        tally.made()
    ));
    Ok(())
}

pub fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let mut forest = Forest {
        tally: script.tally(),
        ..Forest::default()
    };
    while let Some(line) = script.read_line()? {
        forest.perform(script, &line, out)?;
        script.link(|links| forest.draw(links));
    }
    Ok(())
}

/// The script owns the roots; all else is owned by its parent.
#[derive(Default)]
struct Forest {
    tally: Tally,
    made: usize,
    roots: BTreeMap<usize, Rc<Counting>>,
    nodes: BTreeMap<usize, Weak<Counting>>,
}

impl Forest {
    fn perform(
        &mut self,
        script: &mut Script,
        line: &Line,
        out: &Out,
    ) -> Result<(), Stop> {
        match line.word {
            "node" => self.chain(script, 1, out)?,
            "chain" => self.chain(script, line.whole(0), out)?,
            "link" => self.link(script, line.whole(0), line.whole(1))?,
            "unlink" => {
                let node = self.node(script, line.whole(0))?;
                if node.parent().is_none() {
                    return Err(
                        script.refuse(format!("{} is a root", line.whole(0)))
                    );
                }
                self.roots.insert(node.value.value, node.clone());
                node.unlink();
            }
            "drop" => {
                let root = self.root(script, line.whole(0))?;
                let gone = self.forget(root);
                script.release(gone, gone * NODE_BYTES);
                out.line(format_args!("removed {gone}"));
            }
            "settle" => {}
            "alive" => out.line(format_args!("{} alive", self.tally.alive())),
            "freed" => out.line(format_args!("{} freed", self.tally.freed())),
            "depth" => {
                let depth = self.node(script, line.whole(0))?.depth();
                out.line(format_args!("depth {depth}"));
            }
            "parent" => match self.node(script, line.whole(0))?.parent() {
                Some(parent) => {
                    out.line(format_args!("parent {}", parent.value.value));
                }
                None => out.line("no parent"),
            },
            "children" => {
                let children = self.node(script, line.whole(0))?.children();
                out.line(format_args!("children {}", numbers(&children)));
            }
            other => return Err(script.unknown(other)),
        }
        Ok(())
    }

    fn chain(
        &mut self,
        script: &mut Script,
        length: usize,
        out: &Out,
    ) -> Result<(), Stop> {
        script.hold(length, length * NODE_BYTES)?;
        let first = self.made + 1;
        let mut above: Option<Rc<Counting>> = None;
        for number in first..first + length {
            let node = Node::new(Counted::new(&self.tally, number));
            self.nodes.insert(number, Rc::downgrade(&node));
            match above {
                Some(above) => drop(above.link(node.clone())),
                None => {
                    self.roots.insert(number, node.clone());
                }
            }
            above = Some(node);
        }
        self.made += length;
        match length {
            1 => out.line(format_args!("node {first}")),
            _ => out.line(format_args!("nodes {first} to {}", self.made)),
        }
        Ok(())
    }

    fn link(
        &mut self,
        script: &Script,
        parent: usize,
        child: usize,
    ) -> Result<(), Stop> {
        let (above, root) =
            (self.node(script, parent)?, self.root(script, child)?);
        if !above.link(root) {
            return Err(script.refuse(format!("{child} is above {parent}")));
        }
        self.roots.remove(&child);
        Ok(())
    }

    /// Draws what keeps nodes alive.
    fn draw(&self, links: &mut Links) {
        for root in self.roots.values() {
            links.hold(root.value.number());
        }
        for node in self.nodes.values().filter_map(Weak::upgrade) {
            let number = node.value.number();
            for child in node.children() {
                links.strong(number, child.value.number());
            }
            if let Some(parent) = node.parent() {
                links.weak(number, parent.value.number());
            }
        }
    }

    /// Lets a root go and tells how many nodes went with it.
    fn forget(&mut self, root: Rc<Counting>) -> usize {
        self.roots.remove(&root.value.value);
        let mut gone = 0;
        let mut rest = vec![root];
        while let Some(node) = rest.pop() {
            self.nodes.remove(&node.value.value);
            rest.extend(node.children());
            gone += 1;
        }
        gone
    }

    fn node(
        &self,
        script: &Script,
        number: usize,
    ) -> Result<Rc<Counting>, Stop> {
        let node = self.nodes.get(&number).and_then(Weak::upgrade);
        node.ok_or_else(|| script.not_alive(number))
    }

    fn root(
        &self,
        script: &Script,
        number: usize,
    ) -> Result<Rc<Counting>, Stop> {
        let node = self.node(script, number)?;
        if node.parent().is_some() {
            return Err(script.refuse(format!("{number} is not a root")));
        }
        Ok(node)
    }
}

fn numbers(nodes: &[Rc<Counting>]) -> String {
    if nodes.is_empty() {
        return "none".to_owned();
    }
    let numbers: Vec<_> =
        nodes.iter().map(|n| n.value.value.to_string()).collect();
    numbers.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_follows_a_node_that_is_let_go() {
        let out = Out::memory();
        let scene = "../../tests/scripts/cycles/scene-1.txt";
        pair::trace(&[scene.into()], OPERATIONS, replay, &out).expect("traced");
        let text = String::from_utf8(out.take()).expect("UTF-8");
        let lines: Vec<&str> = text.lines().collect();
        for (line, first) in [(1, "alive"), (3, "freed"), (4, "freed")] {
            let state = format!(
                "\"objects\":[{{\"id\":\"1\",\"state\":\"{first}\"}},{{\"id\":\"2\",\"state\":\"alive\"}}"
            );
            assert!(lines[line].contains(&state), "{}", lines[line]);
        }
    }
}

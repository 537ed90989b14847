use std::collections::BTreeMap;

use super::{End, Line, Links, Model, Values, World, list, not_alive, numbered, refused, some};

const NODE: u64 = 64;

/// Most nodes that are searched for the descendants of one; a larger search takes too long.
const MAX_SEARCHED: usize = 3000;

/// Each node knows its parent, and when it was linked; every other question looks at all nodes.
#[derive(Clone, Default)]
pub struct Forest {
    nodes: BTreeMap<i64, (Option<i64>, u64)>,
    made: i64,
    clock: u64,
}

impl Forest {
    fn parent(&self, node: i64) -> Result<Option<i64>, End> {
        match self.nodes.get(&node) {
            Some((parent, _)) => Ok(*parent),
            None => not_alive(node),
        }
    }

    /// A node and all above it.
    fn path(&self, node: i64) -> Vec<i64> {
        let above = |node: &i64| self.nodes.get(node).and_then(|(parent, _)| *parent);
        std::iter::successors(Some(node), above).collect()
    }

    /// The children of a node in the order in which they were linked.
    fn children(&self, node: i64) -> Vec<i64> {
        let children = self.nodes.iter();
        let children = children.filter(|(_, (parent, _))| *parent == Some(node));
        let mut children: Vec<_> = children
            .map(|(child, (_, linked))| (*linked, *child))
            .collect();
        children.sort_unstable();
        children.into_iter().map(|(_, child)| child).collect()
    }

    /// Makes a chain of this many nodes.
    fn make(&mut self, count: i64, world: &mut World) -> Result<(), End> {
        world.hold(count as u64, count as u64 * NODE)?;
        let first = self.made + 1;
        self.made += count;
        for number in first..=self.made {
            self.put(number, (number > first).then_some(number - 1));
        }
        if count == 1 {
            world.say(format!("node {first}"));
        } else {
            world.say(format!("nodes {first} to {}", self.made));
        }
        Ok(())
    }

    fn put(&mut self, node: i64, parent: Option<i64>) {
        self.clock += 1;
        self.nodes.insert(node, (parent, self.clock));
    }
}

impl Model for Forest {
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        let node = line.numbers.first().copied().unwrap_or(1);
        match line.word {
            "node" | "chain" => self.make(node, world)?,
            "link" => {
                let child = line.numbers[1];
                self.parent(node)?;
                if self.parent(child)?.is_some() {
                    return refused(format!("{child} is not a root"));
                }
                if self.path(node).contains(&child) {
                    return refused(format!("{child} is above {node}"));
                }
                self.put(child, Some(node));
            }
            "unlink" => {
                if self.parent(node)?.is_none() {
                    return refused(format!("{node} is a root"));
                }
                self.put(node, None);
            }
            "drop" => {
                if self.parent(node)?.is_some() {
                    return refused(format!("{node} is not a root"));
                }
                if self.nodes.len() > MAX_SEARCHED {
                    return Err(End::Beyond);
                }
                let below = |other: &i64| self.path(*other).contains(&node);
                let gone: Vec<i64> = self.nodes.keys().copied().filter(below).collect();
                for node in &gone {
                    self.nodes.remove(node);
                }
                world.release(gone.len() as u64, gone.len() as u64 * NODE);
                world.say(format!("removed {}", gone.len()));
            }
            "settle" => {}
            "alive" => world.say(format!("{} alive", self.nodes.len())),
            "freed" => world.say(format!("{} freed", self.made - self.nodes.len() as i64)),
            "depth" => {
                self.parent(node)?;
                world.say(format!("depth {}", self.path(node).len() - 1));
            }
            "parent" => match self.parent(node)? {
                Some(parent) => world.say(format!("parent {parent}")),
                None => world.say("no parent"),
            },
            "children" => {
                self.parent(node)?;
                world.say(format!("children {}", list(self.children(node))));
            }
            _ => return Err(End::Unknown),
        }
        Ok(())
    }

    fn values(&self) -> Option<Values> {
        let living = self.nodes.keys().map(|node| *node as usize);
        let mut links = Links::default();
        for (node, (parent, _)) in &self.nodes {
            let node = *node as usize;
            match parent {
                Some(parent) => {
                    links.strong(*parent as usize, node);
                    links.weak_in_rust(node, *parent as usize);
                }
                None => drop(links.held.insert(node)),
            }
        }
        Some(numbered(self.made as usize, living)?.with_links(links))
    }

    fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        if self.nodes.len() > 100 {
            // Looking for roots takes too long.
            return some(self.nodes.keys());
        }
        let is_root = |node: &&i64| self.nodes[node].0.is_none();
        let mut nodes: Vec<i64> = self.nodes.keys().copied().collect();
        nodes.retain(|node| match (word, place) {
            ("link", 1) | ("drop", 0) => is_root(&node),
            ("unlink", 0) => !is_root(&node),
            _ => true,
        });
        some(nodes.iter())
    }
}

//! Makes a script that shows a difference as small as it gets.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::script::Script;

/// Shrinking ends after this time with what it has.
const LIMIT: Duration = Duration::from_mins(1);

/// Leaves out lines, half of them first, then lets proptest make smaller what stays.
pub fn shrink(script: &mut Script, differs: &mut dyn FnMut(&[u8]) -> Result<bool>) -> Result<()> {
    let end = Instant::now() + LIMIT;
    let mut size = script.lines().len().div_ceil(2);
    while size > 0 && Instant::now() < end {
        let mut smaller = false;
        let tags: Vec<u64> = script.lines().iter().map(|line| line.tag).collect();
        for chunk in tags.chunks(size) {
            let before = script.without.clone();
            script.without.extend(chunk);
            if script.lines().len() < tags.len() && differs(&script.bytes())? {
                smaller = true;
            } else {
                script.without = before;
            }
        }
        if !smaller || size > 1 {
            size /= 2;
        }
    }
    let mut left = 500;
    let mut more = script.tree.simplify();
    while more {
        left -= 1;
        more = if differs(&script.bytes())? {
            left > 0 && Instant::now() < end && script.tree.simplify()
        } else {
            script.tree.complicate()
        };
    }
    Ok(())
}

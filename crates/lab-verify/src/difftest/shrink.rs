//! Makes a script that shows a difference as small as it gets.

use std::time::{Duration, Instant};

use anyhow::Result;

use proptest::prelude::Just;

use super::script::Script;

/// Time limit of shrinking.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// Leaves out lines, half of them first, then lets proptest make smaller what stays.
pub fn shrink(script: &mut Script, differs: &mut dyn FnMut(&[u8]) -> Result<bool>) -> Result<()> {
    let end = Instant::now() + TIME_LIMIT;
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
    if !script.heals {
        smaller_numbers(script, end, differs)?;
    }
    Ok(())
}

/// Halves the numbers of a script whose lines proptest does not know, as long as it differs.
fn smaller_numbers(
    script: &mut Script,
    end: Instant,
    differs: &mut dyn FnMut(&[u8]) -> Result<bool>,
) -> Result<()> {
    let mut lines = script.lines();
    for place in 0..lines.len() {
        let text = String::from_utf8_lossy(&lines[place].text).into_owned();
        let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        for word in 1..words.len() {
            while let Ok(number) = words[word].parse::<u64>()
                && number > 1
                && Instant::now() < end
            {
                let before = std::mem::replace(&mut words[word], (number / 2).to_string());
                let old = std::mem::replace(&mut lines[place].text, words.join(" ").into_bytes());
                let tree = std::mem::replace(&mut script.tree, Box::new(Just(lines.clone())));
                if !differs(&script.bytes())? {
                    words[word] = before;
                    lines[place].text = old;
                    script.tree = tree;
                    break;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_numbers_that_do_not_matter_go() {
        let kept = Script::kept(b"node\nchain 900 7\nnode\nlink 77 3\n");
        let mut script = Script::informed(kept.lines(), false);
        let mut differs = |text: &[u8]| {
            let text = String::from_utf8_lossy(text).into_owned();
            let mut chains = text.lines().filter_map(|line| line.strip_prefix("chain "));
            Ok(chains.any(|rest| {
                let first = rest.split(' ').next().and_then(|first| first.parse().ok());
                first.is_some_and(|first: u64| first >= 100)
            }))
        };
        shrink(&mut script, &mut differs).unwrap();
        assert_eq!(script.bytes(), b"chain 112 1\n");
    }
}

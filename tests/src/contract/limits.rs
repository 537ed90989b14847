//! Limits of scripts and operands.

use lab_verify::difftest;

use super::batch;
use crate::{
    Pair,
    operations::{good, plain},
};

/// Each limit of a count, of objects and of bytes: one below, at it, one above. Each operand at its
/// limits is taken.
pub fn every_limit_is_exact(pair: &Pair) {
    let table = pair.same(&["operations"]).success();
    let table = String::from_utf8_lossy(&table.get_output().stdout).into_owned();
    let limits = difftest::limits(pair.topic(), &table).unwrap_or_else(|why| panic!("{why:#}"));
    for limit in limits {
        let why = &limit.why;
        let answers = batch(pair, &limit.scripts);
        let codes: Vec<i32> = answers.iter().map(|answer| answer.code).collect();
        assert_eq!(codes, [0, 0, 2], "below, at and above the limit: {why}");
        let said = String::from_utf8_lossy(&answers[2].stderr).into_owned();
        assert!(
            said.ends_with(&format!(": {why}\n")),
            "{said} is not: {why}"
        );
    }
    let full = difftest::full(pair.topic(), &table).unwrap_or_else(|why| panic!("{why:#}"));
    batch(pair, &full);
    let mut scripts = Vec::new();
    for operation in pair.operations() {
        let plain = plain(&operation);
        let words: Vec<_> = plain.split(' ').collect();
        for (place, operand) in operation.operands.iter().enumerate() {
            for good in good(operand) {
                let mut words = words.clone();
                words[place + 1] = &good;
                scripts.push(words.join(" ").into_bytes());
            }
        }
    }
    for (script, result) in scripts.iter().zip(batch(pair, &scripts)) {
        let said = String::from_utf8_lossy(&result.stderr);
        let is_out = said.contains(" is not in ") || said.contains(" is not at most ");
        assert!(!is_out, "{} is refused: {said}", script.escape_ascii());
    }
}

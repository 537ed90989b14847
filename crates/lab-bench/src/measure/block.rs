//! One block: both languages and the control, each once, in a fresh process, in random order.

use anyhow::Result;
use sha2::{Digest as _, Sha256};

use super::{child::Launch, rejection::watch};
use crate::{failure::AnswersDiffer, scheduler::BlockResult};
use lab_results::result::{Block, CaseKey, Resident, Run};
use lab_workspace::language::Language;

/// Largest padding of an environment, in bytes.
const MAX_PADDING: usize = 4096;

/// The processes of both languages, ready to run.
#[derive(Debug, Clone)]
pub struct Launches {
    /// Go's process.
    pub go: Launch,
    /// Rust's process.
    pub rust: Launch,
}

/// Which run of a block it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Go,
    Rust,
    Control,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::Go => "go",
            Role::Rust => "rust",
            Role::Control => "control",
        }
    }
}

/// The next run of a block.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// Its language.
    pub language: Language,
    /// Whether it is the control.
    pub is_control: bool,
    /// Padding of its environment, in bytes.
    pub padding: usize,
}

/// The rng of a block: the same for the same seed, key and try.
fn rng(seed: u64, key: &CaseKey, number: usize) -> fastrand::Rng {
    let text = format!("{seed} {key} {number}");
    let hash = Sha256::digest(text.as_bytes());
    let (first, _) = hash.split_at(8);
    fastrand::Rng::with_seed(
        first
            .iter()
            .fold(0, |all, &byte| all << 8 | u64::from(byte)),
    )
}

fn order(rng: &mut fastrand::Rng) -> [Role; 3] {
    let mut order = [Role::Go, Role::Rust, Role::Control];
    rng.shuffle(&mut order);
    order
}

/// Runs a block on these cores, and watches the host meanwhile.
pub fn watched(
    key: &CaseKey,
    seed: u64,
    number: usize,
    cores: &[usize],
    run: impl FnMut(Turn) -> Result<Run>,
) -> Result<BlockResult> {
    let (block, disturbance) = watch(cores, || in_order(key, seed, number, run));
    Ok(BlockResult {
        block: Block {
            steal: disturbance.steal,
            ..block?
        },
        rejected: disturbance.reject(),
        cautions: Vec::new(),
        resident: Resident::default(),
    })
}

/// Runs both languages and the control in random order, each with its own padding of the environment. The control
/// takes the languages by turns.
pub fn in_order(
    key: &CaseKey,
    seed: u64,
    number: usize,
    mut run: impl FnMut(Turn) -> Result<Run>,
) -> Result<Block> {
    let mut rng = rng(seed, key, number);
    let order = order(&mut rng);
    let control_of = if number.is_multiple_of(2) {
        Language::Go
    } else {
        Language::Rust
    };
    let mut runs = [const { None::<Run> }; 3];
    for role in order {
        let language = match role {
            Role::Go => Language::Go,
            Role::Rust => Language::Rust,
            Role::Control => control_of,
        };
        let turn = Turn {
            language,
            is_control: role == Role::Control,
            padding: rng.usize(..MAX_PADDING),
        };
        runs[role as usize] = Some(run(turn)?);
    }
    let [go, rust, control] = runs.map(Option::unwrap_or_default);
    if go.answer != rust.answer || control.answer != go.answer {
        let (go, rust) = (go.answer, rust.answer);
        let why = format!("the answers of {key} part: {go} in Go, {rust} in Rust");
        return Err(AnswersDiffer(why).into());
    }
    Ok(Block {
        order: order.iter().map(|role| role.name().to_owned()).collect(),
        go,
        rust,
        control,
        control_of: match control_of {
            Language::Go => Role::Go.name().to_owned(),
            Language::Rust => Role::Rust.name().to_owned(),
        },
        steal: 0.0,
        cautions: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::synthetic;

    fn key(case: &str) -> CaseKey {
        synthetic::key(&format!("cycles/{case}@10"))
    }

    #[test]
    fn the_seed_makes_the_order() {
        let orders = |seed, case| -> Vec<_> {
            let of = |number| order(&mut rng(seed, &key(case), number));
            (0..20).map(of).collect()
        };
        assert_eq!(orders(1, "tree"), orders(1, "tree"));
        assert_ne!(orders(1, "tree"), orders(2, "tree"));
        assert_ne!(orders(1, "tree"), orders(1, "bush"));
    }

    #[test]
    fn every_order_is_as_likely_as_the_others() {
        let mut counts = std::collections::BTreeMap::new();
        for number in 0..6000 {
            let order = order(&mut rng(7, &key("tree"), number));
            *counts.entry(order.map(Role::name)).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(
            counts.values().all(|count| (850..=1150).contains(count)),
            "{counts:?}"
        );
    }
}

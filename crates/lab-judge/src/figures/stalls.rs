//! Whether fresh memory makes requests slow: both kinds of memory in one process, at random, so that every stall
//! of the machine hits both alike.
//!
//! A stall makes several requests slow at once, so requests are no independent trials. Stalls are: the interval
//! comes from resampling them whole (a bootstrap of clusters; Davison and Hinkley, *Bootstrap Methods and their
//! Application*, section 3.8).

use fastrand::Rng;

use lab_results::{
    result::Block,
    stats::{Estimate, percentile},
};

use super::missing::Missing;
use crate::formula::Reference;

/// The fewest stalls that each kind has to have met, in all blocks together.
pub(crate) const FEWEST: usize = 420;

/// How often the stalls are drawn again.
const RESAMPLES: usize = 4000;

/// Slow requests of each kind in every stall of all blocks, and how many requests of each kind there were.
#[derive(Debug, Default)]
struct Stalls {
    all: Vec<[f64; 2]>,
    requests: [f64; 2],
    blocks: usize,
}

/// How many requests with fresh memory are slow for each with pooled memory; else why that cannot be said.
pub(crate) fn estimate(reference: &Reference, blocks: &[Block]) -> Result<Estimate, Missing> {
    let stalls = Stalls::read(reference, blocks).ok_or(Missing::NoFigure)?;
    let met = |kind: usize| stalls.all.iter().filter(|stall| stall[kind] > 0.0).count();
    let fewest = met(0).min(met(1));
    if fewest < FEWEST {
        return Err(Missing::TooFewStalls {
            met: fewest,
            needed: FEWEST,
        });
    }
    // The same blocks give the same interval.
    let mut rng = Rng::with_seed(1);
    let mut drawn: Vec<f64> = (0..RESAMPLES)
        .map(|_| stalls.ratio((0..stalls.all.len()).map(|_| rng.usize(..stalls.all.len()))))
        .collect();
    drawn.sort_by(f64::total_cmp);
    let at = |share| percentile(&drawn, share).ok_or(Missing::NoFigure);
    Ok(Estimate {
        value: stalls.ratio(0..stalls.all.len()),
        low: at(0.025)?,
        high: at(0.975)?,
        count: stalls.blocks,
    })
}

impl Stalls {
    fn read(reference: &Reference, blocks: &[Block]) -> Option<Self> {
        let mut stalls = Stalls::default();
        for block in blocks {
            let run = reference.run(&|_| Some(block))?;
            stalls
                .all
                .extend(reference.lists(run).into_iter().flatten());
            for (kind, name) in ["fresh_requests", "pooled_requests"]
                .into_iter()
                .enumerate()
            {
                stalls.requests[kind] += run.first(name)?;
            }
            stalls.blocks += 1;
        }
        Some(stalls)
    }

    /// The share of slow requests among those with fresh memory, over that among those with pooled memory, in
    /// these stalls.
    fn ratio(&self, places: impl Iterator<Item = usize>) -> f64 {
        let mut slow = [0.0; 2];
        for place in places {
            let [fresh, pooled] = self.all[place];
            slow[0] += fresh;
            slow[1] += pooled;
        }
        (slow[0] / self.requests[0]) / (slow[1] / self.requests[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::Formula;
    use lab_results::synthetic;
    use serde_json::json;

    /// Blocks with `stalls` stalls each, of which `alone` hit fresh memory alone; every stall makes one to five
    /// requests slow, each of either kind by chance.
    fn blocks(rng: &mut Rng, stalls: usize, alone: usize) -> Vec<Block> {
        let block = |rng: &mut Rng| {
            let mut all: Vec<[u64; 2]> = (0..stalls)
                .map(|_| {
                    let slow = rng.u64(1..6);
                    let fresh = (0..slow).filter(|_| rng.bool()).count() as u64;
                    [fresh, slow - fresh]
                })
                .collect();
            all.extend((0..alone).map(|_| [1, 0]));
            let mut block = synthetic::block(1, 1, 1);
            let sample = &mut block.rust.samples[0];
            sample.insert("stalls".to_owned(), json!(all));
            sample.insert("fresh_requests".to_owned(), json!(100_000));
            sample.insert("pooled_requests".to_owned(), json!(100_000));
            block
        };
        (0..9).map(|_| block(rng)).collect()
    }

    fn estimate_of(blocks: &[Block]) -> Result<Estimate, Missing> {
        let formula = Formula::parse("stalls(rust{server/load_mixed}.stalls)").unwrap();
        let Formula::Stalls(reference) = formula else {
            panic!("{formula:?}");
        };
        estimate(&reference, blocks)
    }

    #[test]
    fn of_200_intervals_around_equal_kinds_about_one_in_twenty_misses() {
        let mut rng = Rng::with_seed(5);
        let missed = |rng: &mut Rng| estimate_of(&blocks(rng, 80, 0)).unwrap().outside(1.0, 1.0);
        let missed = (0..200).filter(|_| missed(&mut rng)).count();
        assert!((2..=22).contains(&missed), "{missed} of 200");
    }

    #[test]
    fn stalls_of_fresh_memory_alone_are_seen() {
        let estimate = estimate_of(&blocks(&mut Rng::with_seed(6), 80, 80)).unwrap();
        assert!(estimate.low > 1.25, "{estimate:?}");
        assert_eq!(estimate.count, 9);
    }

    #[test]
    fn too_few_stalls_tell_nothing() {
        let few = estimate_of(&blocks(&mut Rng::with_seed(7), 40, 300)).unwrap_err();
        assert!(matches!(few, Missing::TooFewStalls { .. }), "{few}");
        let missing = estimate_of(&[synthetic::block(1, 1, 1)]).unwrap_err();
        assert_eq!(missing, Missing::NoFigure);
    }
}

//! Compares a figure of the two sides of a block over all blocks, for `lab versus`.

use serde::Serialize;

use crate::{
    block_ratios::{control, middle, time},
    quantity::quantity,
    result::{Block, Run},
    stats::{self, Estimate},
    table::interval,
};

/// The head of the table of [`Comparison::row`].
pub const HEAD: &str = "                      A         B   A ÷ B                   control\n";

/// The comparison of a figure of two sides, A and B.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The median of A.
    pub a: Option<f64>,
    /// The median of B.
    pub b: Option<f64>,
    /// A ÷ B; `None` with too few blocks, or where one lacks the figure.
    pub ratio: Option<Estimate>,
    /// The control: a side compared with itself.
    pub control: Option<Estimate>,
    /// Whether they differ by more than chance, and by more than a side from itself.
    pub differs: bool,
}

impl Comparison {
    /// Compares a figure of A, which stands where Go does, and of B.
    pub fn new(blocks: &[Block], name: &str) -> Self {
        let side = |run: fn(&Block) -> &Run| -> Option<f64> {
            let figures = blocks.iter().map(|block| time(run(block), name));
            middle(figures.collect::<Option<_>>()?)
        };
        let ratio = |runs: fn(&Block) -> [&Run; 2]| {
            let pair = |block| {
                let [over, under] = runs(block).map(|run| time(run, name));
                Some((over?, under?))
            };
            stats::ratio(&blocks.iter().map(pair).collect::<Option<Vec<_>>>()?)
        };
        let (ratio, control) = (ratio(|block| [&block.go, &block.rust]), ratio(control));
        let apart = |ratio: Estimate, control: Estimate| {
            ratio.outside(control.low.min(1.0), control.high.max(1.0))
        };
        Comparison {
            a: side(|block| &block.go),
            b: side(|block| &block.rust),
            ratio,
            control,
            differs: ratio.zip(control).is_some_and(|(r, c)| apart(r, c)),
        }
    }

    /// A line of a table; `~` stands where the sides do not differ.
    pub fn row(&self, what: &str, unit: &str) -> String {
        let or_none = |text: Option<String>| text.unwrap_or("-".to_owned());
        let side = |value: Option<f64>| or_none(value.map(|value| quantity(value, unit)));
        let ratio = |ratio: Option<Estimate>| or_none(ratio.as_ref().map(interval));
        let sign = if self.differs { ' ' } else { '~' };
        let (a, b) = (side(self.a), side(self.b));
        let (ratio, control) = (ratio(self.ratio), ratio(self.control));
        format!("{what:13}{a:>10}{b:>10}  {sign}{ratio:24}{control}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::result;

    #[test]
    fn sides_differ_where_they_do_so_by_more_than_a_side_from_itself() {
        let mut file = result(&[("list", 2.0, 6), ("tree", 1.0, 6), ("few", 2.0, 5)]);
        let compare = |place: usize| Comparison::new(&file.measurements[place].blocks, "wall_ns");
        assert!(compare(0).differs && compare(0).ratio.is_some_and(|ratio| ratio.value > 1.9));
        assert!(!compare(1).differs);
        assert_eq!((compare(2).ratio, compare(2).differs), (None, false));
        for (place, block) in file.measurements[0].blocks.iter_mut().enumerate() {
            let apart = if place % 2 == 0 { 3.0 } else { 0.3 };
            let time = block.rust.samples[0]["wall_ns"].as_f64().unwrap() * apart;
            block.control.samples[0].insert("wall_ns".to_owned(), time.into());
        }
        let noisy = Comparison::new(&file.measurements[0].blocks, "wall_ns");
        assert!(!noisy.differs, "{noisy:?}");
        file.measurements[0].blocks[0].go.samples.clear();
        let lacking = Comparison::new(&file.measurements[0].blocks, "wall_ns");
        assert_eq!((lacking.ratio, lacking.a), (None, None), "{lacking:?}");
    }
}

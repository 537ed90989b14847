//! Estimates with intervals: the Hodges-Lehmann estimates of a location and of a shift, with their exact
//! intervals from the signed-rank and the rank-sum distribution (Hodges and Lehmann 1963; Hollander,
//! Wolfe and Chicken, *Nonparametric Statistical Methods*, 3rd edition, sections 3.2 and 4.2).

use serde::{Deserialize, Serialize};

/// Confidence of an interval.
pub const CONFIDENCE: f64 = 0.95;

/// Fewest values of an interval: with five even the widest covers only 94 %.
pub const MIN_VALUES: usize = 6;

/// A figure with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
    /// The number of its values.
    pub count: usize,
}

impl Estimate {
    /// A certain number, which does not depend on blocks.
    pub fn certain(value: f64) -> Self {
        Estimate {
            value,
            low: value,
            high: value,
            count: usize::MAX,
        }
    }

    /// Whether it does not depend on blocks.
    pub fn is_certain(&self) -> bool {
        self.count == usize::MAX
    }

    /// The estimate on another scale, by a rising function.
    #[must_use]
    pub fn map(self, rising: impl Fn(f64) -> f64) -> Self {
        Estimate {
            value: rising(self.value),
            low: rising(self.low),
            high: rising(self.high),
            count: self.count,
        }
    }

    /// The estimate times a factor, which may be negative.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        let [low, high] = if factor < 0.0 {
            [self.high, self.low]
        } else {
            [self.low, self.high]
        };
        Estimate {
            value: factor * self.value,
            low: factor * low,
            high: factor * high,
            count: self.count,
        }
    }

    /// Whether the whole interval lies in a closed range.
    pub fn inside(&self, low: f64, high: f64) -> bool {
        low <= self.low && self.high <= high
    }

    /// Whether the whole interval lies outside of a closed range.
    pub fn outside(&self, low: f64, high: f64) -> bool {
        self.high < low || high < self.low
    }
}

/// The interval of values of one measurement: of their location, or where they fall into two groups their whole
/// range; none if there are too few.
pub fn interval(values: &[f64]) -> Option<Estimate> {
    two_groups(values).or_else(|| location(values))
}

/// The location of values that scatter evenly around it; none if there are too few.
pub fn location(values: &[f64]) -> Option<Estimate> {
    let count = values.len();
    if count < MIN_VALUES || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let averages = walsh_averages(values);
    let outside = cut(&signed_rank(count))?;
    Some(Estimate {
        value: median(&averages),
        low: averages[outside],
        high: averages[averages.len() - 1 - outside],
        count,
    })
}

/// The ratio of two figures that were taken in the same blocks: the location of its logarithm.
pub fn ratio(pairs: &[(f64, f64)]) -> Option<Estimate> {
    let logs: Vec<f64> = pairs
        .iter()
        .map(|(over, under)| (over / under).ln())
        .collect();
    location(&logs).map(|log| log.map(f64::exp))
}

/// The ratio of two figures that were taken apart, new over old: the shift of their logarithms; none if
/// there are too few.
pub fn ratio_of_independent(old: &[f64], new: &[f64]) -> Option<Estimate> {
    let [old, new] = [old, new].map(|all| all.iter().map(|x| x.ln()).collect::<Vec<f64>>());
    shift(&old, &new).map(|shift| shift.map(f64::exp))
}

/// The shift of values that were taken apart, new less old; none if there are too few.
pub fn shift(old: &[f64], new: &[f64]) -> Option<Estimate> {
    let mut shifts = Vec::with_capacity(old.len() * new.len());
    for old in old {
        shifts.extend(new.iter().map(|new| new - old));
    }
    if shifts.iter().any(|shift| !shift.is_finite()) {
        return None;
    }
    shifts.sort_by(f64::total_cmp);
    let outside = cut(&rank_sum(old.len(), new.len()))?;
    Some(Estimate {
        value: median(&shifts),
        low: shifts[outside],
        high: shifts[shifts.len() - 1 - outside],
        count: old.len().min(new.len()),
    })
}

/// The sum of figures that were taken apart: the distances of each end add up like those at right angles (Zou
/// and Donner 2008, the method of variance estimates recovery). With few values in each part it is wider than it
/// need be: about 98 % sure.
pub fn sum(parts: &[Estimate]) -> Estimate {
    let value = parts.iter().map(|part| part.value).sum::<f64>();
    let reach = |distance: fn(&Estimate) -> f64| {
        let squares = parts.iter().map(|part| distance(part).powi(2));
        squares.sum::<f64>().sqrt()
    };
    Estimate {
        value,
        low: value - reach(|part| part.value - part.low),
        high: value + reach(|part| part.high - part.value),
        count: parts.iter().map(|part| part.count).min().unwrap_or(0),
    }
}

/// One figure over another that was taken apart and lies above zero (the method of variance estimates recovery
/// for a ratio; Donner and Zou 2012). None where the lower one may be zero.
pub fn quotient(over: &Estimate, under: &Estimate) -> Option<Estimate> {
    if under.low <= 0.0 {
        return None;
    }
    if over.value < 0.0 {
        return quotient(&over.times(-1.0), under).map(|quotient| quotient.times(-1.0));
    }
    let product = over.value * under.value;
    // How far an end lies from the product, by the ends that move it there.
    let reach = |own: f64, other: f64| {
        let ends = own * other * (2.0 * over.value - own) * (2.0 * under.value - other);
        (product * product - ends).max(0.0).sqrt()
    };
    let low =
        (product - reach(over.low, under.high)) / (under.high * (2.0 * under.value - under.high));
    let high =
        (product + reach(over.high, under.low)) / (under.low * (2.0 * under.value - under.low));
    (low.is_finite() && under.high < 2.0 * under.value).then_some(Estimate {
        value: over.value / under.value,
        low,
        high,
        count: over.count.min(under.count),
    })
}

/// The whole range of values that fall into two groups: a gap without any value, twice as wide as both groups
/// together, with at least a fifth of the values on each side. Their middle is a value that never occurs, and an
/// interval of the middle says nothing. None if they scatter around one middle.
pub fn two_groups(values: &[f64]) -> Option<Estimate> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len();
    if count < MIN_VALUES {
        return None;
    }
    let (first, last) = (sorted[0], sorted[count - 1]);
    let fifth = count.div_ceil(5);
    let parted = (fifth..=count - fifth).any(|place| {
        let (below, above) = (sorted[place - 1], sorted[place]);
        above - below > 2.0 * (below - first + last - above)
    });
    parted.then(|| Estimate {
        value: sorted[count / 2],
        low: first,
        high: last,
        count,
    })
}

/// The median of sorted values.
pub fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    }
}

/// The smallest of sorted values that at least this share of them does not exceed, as an HDR histogram tells
/// it; `None` of no values.
pub fn percentile<T: Copy>(sorted: &[T], share: f64) -> Option<T> {
    // A product such as 0.99 × 2000 may lie a little above the whole number.
    let rank = (share * sorted.len() as f64 - 1e-6).ceil().max(1.0);
    sorted.get(rank as usize - 1).copied()
}

/// The averages of all pairs of values, each with itself too, sorted.
fn walsh_averages(values: &[f64]) -> Vec<f64> {
    let mut averages = Vec::with_capacity(values.len() * (values.len() + 1) / 2);
    for (place, &one) in values.iter().enumerate() {
        averages.extend(
            values[place..]
                .iter()
                .map(|&other| f64::midpoint(one, other)),
        );
    }
    averages.sort_by(f64::total_cmp);
    averages
}

/// How many values lie outside of the interval on each side, by the chance of each rank statistic: the
/// largest one that is reached or undercut with a chance of no more than half of the allowed error. None
/// if even the widest interval is not sure enough.
fn cut(chances: &[f64]) -> Option<usize> {
    let mut below = 0.0;
    let fits = |chance: &&f64| {
        below += **chance;
        below <= (1.0 - CONFIDENCE) / 2.0
    };
    chances.iter().take_while(fits).count().checked_sub(1)
}

/// The chance of each sum of positive ranks, if every sign is as likely as the other.
fn signed_rank(count: usize) -> Vec<f64> {
    let mut chances = vec![1.0];
    for rank in 1..=count {
        let mut next = vec![0.0; chances.len() + rank];
        for (sum, chance) in chances.iter().enumerate() {
            next[sum] += chance / 2.0;
            next[sum + rank] += chance / 2.0;
        }
        chances = next;
    }
    chances
}

/// The chance of each count of pairs in which the one of `ones` is smaller than the one of `others`
/// (Mann and Whitney's), if all orders are as likely as each other.
fn rank_sum(ones: usize, others: usize) -> Vec<f64> {
    // By the group of the largest value: one of `ones`, which no other exceeds, or one of `others`,
    // which all of `ones` are smaller than.
    let mut rows = vec![vec![1.0]; others + 1];
    for one in 1..=ones {
        rows[0] = vec![1.0];
        for other in 1..=others {
            let all = (one + other) as f64;
            let mut chances = vec![0.0; one * other + 1];
            for (count, chance) in rows[other].iter().enumerate() {
                chances[count] += chance * one as f64 / all;
            }
            for (count, chance) in rows[other - 1].iter().enumerate() {
                chances[count + one] += chance * other as f64 / all;
            }
            rows[other] = chances;
        }
    }
    rows.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests;

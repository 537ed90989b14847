//! The distribution of times as `HdrHistogram`'s plotter reads it.

use std::io::{self, Write};

use hdrhistogram::Histogram;

use crate::report::at_rank;

/// Writes a distribution of times in nanoseconds as `HdrHistogram`'s plotter reads it, in milliseconds.
pub fn write_distribution(times: &Histogram<u64>, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "{:>12} {:>14} {:>10} {:>14}\n",
        "Value", "Percentile", "TotalCount", "1/(1-Percentile)"
    )?;
    for (rank, quantile) in steps(times.len()) {
        let value = at_rank(times, rank);
        let count = times.count_between(0, value);
        write!(
            out,
            "{:12.3} {quantile:2.12} {count:10}",
            value as f64 / 1e6
        )?;
        if quantile < 1.0 {
            write!(out, " {:14.2}", 1.0 / (1.0 - quantile))?;
        }
        writeln!(out)?;
    }
    let (mean, deviation) = (times.mean() / 1e6, times.stdev() / 1e6);
    let max = if times.is_empty() {
        0.0
    } else {
        times.max() as f64 / 1e6
    };
    writeln!(
        out,
        "#[Mean    = {mean:12.3}, StdDeviation   = {deviation:12.3}]"
    )?;
    writeln!(
        out,
        "#[Max     = {max:12.3}, Total count    = {:12}]",
        times.len()
    )?;
    // Number of cells: a power of two that holds all digits.
    let cells = (2 * 10_u64.pow(u32::from(times.sigfig()))).next_power_of_two();
    writeln!(
        out,
        "#[Buckets = {:12}, SubBuckets     = {cells:12}]",
        times.buckets()
    )
}

/// Ranks and quantiles of a distribution of `count` times: five up to the median, five up to the middle of the rest,
/// and so on; the last is the largest time.
fn steps(count: u64) -> impl Iterator<Item = (u64, f64)> {
    let halves = (0..60).flat_map(|half| (0..5).map(move |step| (half, step)));
    // In whole numbers, so that ranks equal those of the report.
    let steps = halves.map(move |(half, step)| {
        let all = 10_u128 << half;
        let below = all - (10 - step);
        let rank = (u128::from(count) * below).div_ceil(all).max(1) as u64;
        (rank, below as f64 / all as f64)
    });
    let steps = steps.take_while(move |(rank, _)| *rank < count);
    let last = (count > 0).then_some((count, 1.0));
    steps.chain(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{percentile, report::histogram};

    #[test]
    fn a_distribution_and_a_report_have_the_same_percentiles() {
        for count in [40, 700, 1000, 1999, 2000, 30_000] {
            let mut times = histogram();
            let mut random = fastrand::Rng::with_seed(count);
            for _ in 0..count {
                times.record(random.u64(1_000_000..1_000_000_000)).unwrap();
            }
            let mut text = Vec::new();
            write_distribution(&times, &mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            for (quantile, label) in [
                (0.5, "0.500000000000"),
                (0.75, "0.750000000000"),
                (0.95, "0.950000000000"),
            ] {
                let row = text.lines().find(|line| line.contains(label));
                let Some(row) = row else { continue };
                let value: f64 = row.split_whitespace().next().unwrap().parse().unwrap();
                let Some(reported) = percentile(&times, quantile) else {
                    continue;
                };
                assert!(
                    (reported as f64 / 1e6 - value).abs() < 0.001,
                    "{quantile} of {count}: {row}"
                );
            }
            assert!(text.contains("1.000000000000"), "{text}");
        }
    }
}

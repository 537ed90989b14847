//! Text plots of latency and rate over time.

use std::fmt::Write;

use crate::{Interval, percentile, time_format::milliseconds};

/// Width of a plot.
const COLUMNS: usize = 60;

/// Height of the latency plot.
const ROWS: usize = 8;

/// Bars from empty to full.
const LEVELS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Median and longest latency over time; the latency axis is logarithmic.
pub(crate) fn latency(intervals: &[Interval], seconds: f64) -> String {
    let longest = |interval: &Interval| interval.latency.max();
    let median = |interval: &Interval| percentile(&interval.latency, 0.5);
    let some: Vec<_> = intervals
        .iter()
        .filter(|interval| !interval.latency.is_empty())
        .collect();
    if some.len() < 2 {
        return String::new();
    }
    let high = some
        .iter()
        .map(|interval| longest(interval))
        .max()
        .unwrap_or(1)
        .max(2);
    let low = some
        .iter()
        .map(|interval| median(interval).unwrap_or(longest(interval)));
    let low = low.min().unwrap_or(1).clamp(1, high - 1);
    let (bottom, top) = ((low as f64).ln(), (high as f64).ln());
    let step = (top - bottom) / (ROWS - 1) as f64;
    let row_of = |time: u64| (((time as f64).ln() - bottom) / step).round().max(0.0) as usize;
    let width = (COLUMNS / intervals.len()).clamp(1, 6);
    let mut text = "\nlatency in ms by intended start: o median, # longest\n".to_owned();
    for row in (0..ROWS).rev() {
        let level = (bottom + step * row as f64).exp() as u64;
        let _ = write!(text, "{:>9} |", milliseconds(Some(level)));
        for interval in intervals {
            let mark = if interval.latency.is_empty() {
                ' '
            } else if row == row_of(longest(interval)) {
                '#'
            } else {
                match median(interval).map(row_of) {
                    Some(middle) if row == middle => 'o',
                    Some(middle) if row > middle && row < row_of(longest(interval)) => ':',
                    _ => ' ',
                }
            };
            let _ = write!(text, "{mark:<width$}");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    let end = seconds * intervals.len() as f64;
    let line = "-".repeat(width * intervals.len());
    let _ = writeln!(text, "{:>9} +{line} {end:.0} s", "");
    text
}

/// Good answers a second over time, and failures if any.
pub(crate) fn rates(answers: &[u64], failures: &[u64]) -> String {
    let seconds = answers.len().max(failures.len());
    if seconds < 2 {
        return String::new();
    }
    let mut text = "\na second, by the time of the end\n".to_owned();
    for (name, counts) in [("answers", answers), ("failures", failures)] {
        let max = counts.iter().max().copied().unwrap_or(0);
        if max > 0 {
            let line = line(counts, seconds, max);
            let _ = writeln!(text, "{name:>9} |{line}| {seconds} s, at most {max}");
        }
    }
    text
}

/// Counts as a line of bars; a column is one second, or the mean of several.
fn line(counts: &[u64], seconds: usize, max: u64) -> String {
    let each = seconds.div_ceil(COLUMNS);
    let columns = (0..seconds).step_by(each).map(|from| {
        let within = counts.iter().skip(from).take(each);
        let mean = within.sum::<u64>() as f64 / each.min(seconds - from) as f64;
        let level = mean / max as f64 * (LEVELS.len() - 1) as f64;
        // A count above zero is always visible.
        LEVELS[level.ceil() as usize]
    });
    columns.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_drawn_by_their_share_of_the_largest() {
        let text = rates(&[8, 4, 0, 1], &[0, 0, 0, 0, 2]);
        assert!(text.contains("answers |█▄ ▁ | 5 s, at most 8"), "{text}");
        assert!(text.contains("failures |    █| 5 s, at most 2"), "{text}");
        assert!(!rates(&[8, 4], &[0, 0]).contains("failures"));
        assert_eq!(rates(&[8], &[]), "");
    }

    #[test]
    fn long_runs_fit_on_a_line() {
        let text = rates(&[5; 1000], &[]);
        let line = text.lines().last().unwrap();
        assert!(line.contains("████| 1000 s"), "{line}");
        assert!(line.chars().count() < 100, "{line}");
    }
}

//! A scale: from values to places, with ticks a reader would choose.

use lab_results::quantity;

use super::tenths;

/// The width of a sign of a label, and the least room between two labels.
const DIGIT: f64 = 5.5;
const GAP: f64 = 3.0;

/// The height of a label.
const LINE: f64 = 9.0;

/// A scale between two values.
pub struct Axis {
    low: f64,
    high: f64,
    is_log: bool,
    /// Where the ends are drawn.
    places: (f64, f64),
    unit: String,
}

impl Axis {
    /// A scale by factors, wide enough for these values.
    pub fn log(values: impl Iterator<Item = f64>, unit: &str, places: (f64, f64)) -> Self {
        let (low, high) = ends(values.filter(|value| *value > 0.0), 1.0);
        // Each end lies a little beyond the outermost value.
        let (low, high) = (low / 1.15, high * 1.15);
        Axis {
            low,
            high: if high / low < 1.5 { low * 1.5 } else { high },
            is_log: true,
            places,
            unit: unit.to_owned(),
        }
    }

    /// A scale that begins at nothing.
    pub fn from_zero(values: impl Iterator<Item = f64>, unit: &str, places: (f64, f64)) -> Self {
        let (low, high) = ends(values.chain([0.0]), 0.0);
        Axis {
            low: low * 1.08,
            high: if high > low { high * 1.08 } else { low + 1.0 },
            is_log: false,
            places,
            unit: unit.to_owned(),
        }
    }

    /// Where a value is drawn; what lies beyond the scale is drawn at its end.
    pub fn at(&self, value: f64) -> f64 {
        let share = if self.is_log {
            (value.max(f64::MIN_POSITIVE) / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        let (from, to) = self.places;
        tenths(from + share.clamp(0.0, 1.0) * (to - from))
    }

    /// Values at which there is a line, with their labels.
    pub fn marks(&self) -> Vec<(f64, String)> {
        let values = if self.is_log {
            self.factors()
        } else {
            self.steps()
        };
        let label = |value| (value, quantity::plain(value, &self.unit));
        values.into_iter().map(label).collect()
    }

    /// The same; a label that would touch the one before is empty.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        self.spaced(self.marks())
    }

    /// Values in their order with their labels; a label that would touch the one before becomes empty.
    pub fn spaced(&self, mut marks: Vec<(f64, String)>) -> Vec<(f64, String)> {
        let is_upright = self.places.0 > self.places.1;
        let mut last: Option<(f64, f64)> = None;
        for (value, label) in &mut marks {
            let place = self.at(*value);
            let half = if is_upright {
                LINE / 2.0
            } else {
                label.chars().count() as f64 * DIGIT / 2.0
            };
            let touches =
                |(other, other_half): (f64, f64)| (place - other).abs() < half + other_half + GAP;
            if last.is_some_and(touches) {
                label.clear();
            } else {
                last = Some((place, half));
            }
        }
        marks
    }

    /// At most seven round numbers, the fewer the wider the scale. Bytes are round as powers of two.
    fn factors(&self) -> Vec<f64> {
        let (base, choices): (f64, &[(&[f64], i32)]) = match self.unit.as_str() {
            "bytes" => (
                2.0,
                &[
                    (&[1.0, 1.25, 1.5, 1.75], 1),
                    (&[1.0], 1),
                    (&[1.0], 2),
                    (&[1.0], 5),
                    (&[1.0], 10),
                ],
            ),
            _ => (
                10.0,
                &[
                    (&[1.0, 1.2, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0], 1),
                    (&[1.0, 2.0, 5.0], 1),
                    (&[1.0], 1),
                    (&[1.0], 2),
                    (&[1.0], 3),
                ],
            ),
        };
        let powers = (self.low.log(base).floor() as i32)..=(self.high.log(base).ceil() as i32);
        let of = |(digits, every): &(&[f64], i32)| -> Vec<f64> {
            let powers = powers.clone().filter(|power| power % every == 0);
            let all = powers.flat_map(|power| digits.iter().map(move |d| d * base.powi(power)));
            all.filter(|value| (self.low..=self.high).contains(value))
                .collect()
        };
        let fits = |ticks: &Vec<f64>| ticks.len() <= 7;
        choices.iter().map(of).find(fits).unwrap_or_default()
    }

    fn steps(&self) -> Vec<f64> {
        // Bytes are round in the unit in which they are printed.
        let base = match self.unit.as_str() {
            "bytes" if self.high >= 1_048_576.0 => 1_048_576.0,
            "bytes" if self.high >= 10_240.0 => 1024.0,
            "share" => 0.01,
            _ => 1.0,
        };
        let whole = if self.unit == "count" { 1.0 } else { 0.0 };
        let rough = ((self.high - self.low) / 6.0 / base).max(whole);
        let power = 10f64.powf(rough.log10().floor());
        let sizes = [1.0, 2.0, 5.0, 10.0].map(|size| size * power * base);
        let step = sizes.into_iter().find(|size| *size >= rough * base);
        let step = step.unwrap_or(10.0 * power * base);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step).floor() as i64;
        (first..=last).map(|number| number as f64 * step).collect()
    }
}

fn ends(values: impl Iterator<Item = f64>, usual: f64) -> (f64, f64) {
    let finite = values.filter(|value| value.is_finite());
    let both = finite.fold(None, |ends: Option<(f64, f64)>, value| {
        let (low, high) = ends.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    });
    both.unwrap_or((usual, usual))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        let labels = |axis: Axis| -> Vec<String> {
            axis.ticks().into_iter().map(|(_, label)| label).collect()
        };
        let ratios = Axis::log([0.5, 1.0, 4.0].into_iter(), "ratio", (0.0, 100.0));
        assert_eq!(labels(ratios), ["0.5×", "1×", "2×"]);
        let times = Axis::log([1e6, 1e9].into_iter(), "ns", (0.0, 400.0));
        assert_eq!(labels(times), ["1 ms", "10 ms", "100 ms", "1 s"]);
        let memory = Axis::log([9e6, 1.2e9].into_iter(), "bytes", (0.0, 400.0));
        assert_eq!(labels(memory), ["16 MiB", "64 MiB", "256 MiB", "1,024 MiB"]);
        let bytes = Axis::from_zero([34.0].into_iter(), "bytes", (0.0, 100.0));
        assert_eq!(labels(bytes), ["0 B", "10 B", "20 B", "30 B"]);
    }

    #[test]
    fn labels_do_not_touch() {
        let axis = Axis::from_zero([20e6].into_iter(), "ns", (0.0, 120.0));
        let labels: Vec<String> = axis.ticks().into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["0 ns", "5 ms", "10 ms", "", "20 ms"]);
        let upright = Axis::from_zero([20e6].into_iter(), "ns", (100.0, 0.0));
        assert!(upright.ticks().iter().all(|(_, label)| !label.is_empty()));
        let low = Axis::from_zero([20e6].into_iter(), "ns", (30.0, 0.0));
        assert!(low.ticks().iter().any(|(_, label)| label.is_empty()));
    }

    #[test]
    fn labels_of_any_scale_do_not_touch() {
        let across = Axis::log([1e3, 1e6].into_iter(), "", (0.0, 100.0));
        let sizes = [1e3, 1.1e3, 1e6].map(|size| (size, format!("{size}")));
        let labels = across.spaced(sizes.to_vec());
        let labels: Vec<&str> = labels.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["1000", "", "1000000"]);
    }

    #[test]
    fn a_value_beyond_the_scale_is_drawn_at_its_end() {
        let axis = Axis::log([1.0, 10.0].into_iter(), "ratio", (0.0, 100.0));
        assert!(axis.at(0.0) >= 0.0 && axis.at(1e300) <= 100.0);
        let nothing = Axis::from_zero(std::iter::empty(), "", (0.0, 100.0));
        assert!(nothing.at(0.0).is_finite());
    }
}

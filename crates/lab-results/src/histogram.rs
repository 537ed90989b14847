//! Histograms among the figures of a run: values, and how often each came.
//!
//! Programs print a list of pairs, `[[1000, 1], [1500, 3]]`. Files keep the distance of each value from the one
//! before as text, `"1000 500*3"`: a tenth of the size, and read without parsing until somebody asks.

use std::fmt::Write as _;

use serde::{Serialize as _, Serializer};
use serde_json::{Map, Value};

/// Whether a figure is a histogram, in either form.
pub fn is(figure: &Value) -> bool {
    match figure {
        Value::Array(_) => true,
        Value::String(text) => from_text(text).is_some(),
        _ => false,
    }
}

/// The values of a histogram in their order, each with how often it came; none if it is not one.
pub fn pairs(figure: &Value) -> Option<Vec<[f64; 2]>> {
    match figure {
        Value::Array(pairs) => pairs
            .iter()
            .map(|pair| Some([pair.get(0)?.as_f64()?, pair.get(1)?.as_f64()?]))
            .collect(),
        Value::String(text) => from_text(text),
        _ => None,
    }
}

/// A percentile of fewer values is chance, and so is one of the slowest hundredth if fewer lie beyond it.
const FEWEST: f64 = 20.0;

/// Whether so many values are enough for this percentile.
pub fn has_percentile(count: f64, share: f64) -> bool {
    let counted = if share < 0.99 {
        count
    } else {
        count * (1.0 - share)
    };
    // A hundredth of 2000 is 20, though not in binary.
    counted.round() >= FEWEST
}

/// The smallest of sorted values that at least this share of all does not exceed; none if there are too few.
pub fn percentile(sorted: &[[f64; 2]], share: f64) -> Option<f64> {
    let count: f64 = sorted.iter().map(|value| value[1]).sum();
    if !has_percentile(count, share) {
        return None;
    }
    let mut seen = 0.0;
    let reached = sorted.iter().find(|value| {
        seen += value[1];
        seen >= share * count
    });
    reached.map(|value| value[0])
}

fn from_text(text: &str) -> Option<Vec<[f64; 2]>> {
    let mut value = 0_i64;
    text.split_ascii_whitespace()
        .map(|word| {
            let (step, count) = word.split_once('*').unwrap_or((word, "1"));
            value = value.checked_add(step.parse().ok()?)?;
            Some([value as f64, count.parse::<u64>().ok()? as f64])
        })
        .collect()
}

/// The text of a list of pairs of whole numbers.
fn to_text(pairs: &[Value]) -> Option<String> {
    let mut text = String::new();
    let mut before = 0;
    for pair in pairs {
        let (value, count) = (pair.get(0)?.as_i64()?, pair.get(1)?.as_u64()?);
        if !text.is_empty() {
            text.push(' ');
        }
        text += &value.checked_sub(before)?.to_string();
        if count != 1 {
            let _ = write!(text, "*{count}");
        }
        before = value;
    }
    Some(text)
}

fn compact(figures: &Map<String, Value>) -> Map<String, Value> {
    let one = |figure: &Value| match figure {
        Value::Array(pairs) => to_text(pairs).map_or_else(|| figure.clone(), Value::String),
        figure => figure.clone(),
    };
    let all = figures.iter();
    all.map(|(name, figure)| (name.clone(), one(figure)))
        .collect()
}

/// Writes figures, their histograms as text.
pub(crate) fn write<S: Serializer>(
    figures: &Map<String, Value>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    compact(figures).serialize(serializer)
}

/// Writes the figures of several samples, their histograms as text.
pub(crate) fn write_all<S: Serializer>(
    samples: &[Map<String, Value>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(samples.iter().map(compact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::Run;
    use serde_json::json;

    /// A run with one figure, as a file has it.
    fn kept(figure: Value) -> Value {
        let figures = Map::from_iter([("t_ns".to_owned(), figure)]);
        let run = Run {
            samples: vec![figures],
            ..Run::default()
        };
        serde_json::to_value(run).unwrap()["samples"][0]["t_ns"].take()
    }

    #[test]
    fn a_percentile_of_few_values_is_none() {
        let values = |count: f64| [[5.0, count]];
        assert_eq!(percentile(&values(2000.0), 0.99), Some(5.0));
        assert_eq!(percentile(&values(1940.0), 0.99), None);
        assert_eq!(percentile(&values(20_000.0), 0.999), Some(5.0));
        assert_eq!(percentile(&values(20.0), 0.5), Some(5.0));
        assert_eq!(percentile(&values(19.0), 0.95), None);
    }

    #[test]
    fn a_histogram_is_kept_as_steps_and_read_back_as_it_was() {
        for (printed, text) in [
            (json!([[1000, 1], [1500, 3], [1500, 2]]), "1000 500*3 0*2"),
            (json!([[7, 0], [3, 1]]), "7*0 -4"),
            (
                json!([[9_007_199_254_740_991_u64, 4]]),
                "9007199254740991*4",
            ),
            (json!([]), ""),
        ] {
            let kept = kept(printed.clone());
            assert_eq!(kept, text);
            assert_eq!(pairs(&kept), pairs(&printed));
            assert!(is(&kept) && is(&printed));
        }
    }

    #[test]
    fn what_is_no_list_of_whole_numbers_is_kept_as_it_is() {
        for figure in [
            json!(2.5),
            json!(null),
            json!([[0.5, 1]]),
            json!("go1.26.8"),
        ] {
            assert_eq!(kept(figure.clone()), figure);
        }
        assert_eq!(pairs(&json!([[0.5, 1]])), Some(vec![[0.5, 1.0]]));
    }

    #[test]
    fn a_number_or_a_text_is_no_histogram() {
        for figure in [
            json!(2.5),
            json!(null),
            json!("go1.26.8"),
            json!("1*"),
            json!("1 x"),
        ] {
            assert_eq!(pairs(&figure), None, "{figure}");
            assert!(!is(&figure), "{figure}");
        }
    }
}

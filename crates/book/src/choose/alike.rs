//! The timed cases in which both languages take about as long.

use lab_results::{build_metrics, result::Measurement};

use super::decide_lists::{List, SIMILAR, Written};
use crate::result_figures::{self, Measured, Shown};

/// No more of them are named.
const MOST: usize = 3;

/// The line about them; none if there are none.
pub fn line(measured: Measured) -> Option<Written> {
    let plain = |m: &&Measurement| {
        let is_program = m.key.topic == build_metrics::TOPIC;
        m.own_scale && result_figures::is_plain(m) && !is_program
    };
    let ratio = |m: &Measurement| -> Option<(String, Shown, (f64, f64))> {
        let ratio = result_figures::go_over_rust(m, "wall_ns")?;
        let name = format!("{} ({})", m.key.case.replace('_', " "), m.key.topic);
        Some((name, ratio, ratio.interval?))
    };
    let timed: Vec<_> = measured.all().filter(plain).filter_map(ratio).collect();
    let is_alike =
        |(.., (low, high)): &&(_, _, (f64, f64))| SIMILAR.0 <= *low && *high <= SIMILAR.1;
    let alike: Vec<_> = timed.iter().filter(is_alike).collect();
    if alike.is_empty() {
        return None;
    }
    let named = alike.iter().take(MOST);
    let named = named.map(|(name, ratio, _)| format!("{name} {}", ratio.text("ratio")));
    let named: Vec<String> = named.collect();
    Some(Written {
        list: List::Either,
        says: "Most of your time goes into work like that of these cases".to_owned(),
        evidence: format!(
            "{}; in {} of {} timed cases Go takes from 0.8× to 1.25× as long",
            named.join(", "),
            alike.len(),
            timed.len()
        ),
        claims: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::synthetic;

    #[test]
    fn only_cases_whose_whole_interval_is_alike_are_told() {
        let files = [synthetic::result(&[
            ("list", 1.1, 9),
            ("tree", 2.0, 9),
            ("cache", 1.0, 3),
        ])];
        let line = line(Measured(&files)).unwrap();
        let expected = "case (list) 1.1× [1.1, 1.1]; in 1 of 2 timed cases Go takes from 0.8× to 1.25× as long";
        assert_eq!(
            (line.list, line.evidence.as_str()),
            (List::Either, expected)
        );
        let files = [synthetic::result(&[("tree", 2.0, 9)])];
        assert!(super::line(Measured(&files)).is_none());
    }
}

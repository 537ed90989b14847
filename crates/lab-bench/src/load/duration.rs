//! Estimated duration of a block of load, for a plan and before any block was taken.

use std::time::Duration;

use lab_results::{
    query::Query,
    result::CaseKey,
    scenario::{Buffers, COUNTS, Pace, Purpose, Scenario},
};
use lab_workspace::language::Language;

use crate::load::{capacity_rule::Search, dose::idle, effort::Effort};

/// Start of a server, and of each of its live objects.
const START: Duration = Duration::from_millis(500);
const START_OBJECT: Duration = Duration::from_nanos(200);

/// From this many live objects on, a Go heap takes time to grow; and the time for one that has grown.
const MANY: u64 = 100_000;
const WARM: Duration = Duration::from_secs(3);

/// Time to answer the last requests of many connections.
const DRAIN: Duration = Duration::from_secs(4);

/// From this payload on, fresh buffers are what keeps a Go server busy.
const LARGE: u64 = 256 << 10;

/// The key of a query with this number of live objects.
pub(super) fn key(query: &Query, scale: u64) -> CaseKey {
    CaseKey {
        topic: query.topic.clone(),
        case: query.case.clone(),
        scale,
        go: query.go.clone(),
        rust: query.rust.clone(),
        cores: query.cores.clone(),
    }
}

/// Duration of a block: both languages, and the control where there is one, which is each language in turn.
pub(super) fn block(key: &CaseKey, scenario: Scenario, effort: &Effort) -> Duration {
    let one = |language| {
        let search = search(language, key.scale, effort.search);
        let again = if effort.again {
            // Two slices at least, of a server that is warm.
            (search / 2).clamp(2 * effort.search.slice(), WARM)
        } else {
            Duration::ZERO
        };
        let start = START + START_OBJECT * u32::try_from(key.scale).unwrap_or(u32::MAX);
        // Found once a block for each language.
        let before = match scenario.pace {
            Pace::Plain | Pace::Even(_) => (start + search) * 2 / 3,
            Pace::Own(_) | Pace::Fixed(_) => Duration::ZERO,
        };
        // Before an attack the same load comes without it.
        let times = 1 + u32::from(scenario.attacked);
        let load = if scenario.purpose == Purpose::Connections {
            // After the last of them ten thousand requests are still to be answered.
            let count = COUNTS.len() as u32;
            count * effort.load * 3 / 2 + DRAIN
        } else {
            times * effort.load(rate(language, scenario))
        };
        // For both languages, and not for the control.
        let floor = if effort.floor {
            effort.load(rate(language, scenario)) * 2 / 3
        } else {
            Duration::ZERO
        };
        before + start + search + load + floor + again
    };
    let both = [Language::Go, Language::Rust].into_iter();
    let driven = both.filter(|&language| !idle(key, scenario, language));
    let both = driven.map(one).sum::<Duration>();
    if scenario.has_no_control() {
        both
    } else {
        both * 3 / 2
    }
}

/// Duration of the search for capacity: a fresh Go heap over many objects takes seconds to find its pace.
fn search(language: Language, live: u64, search: Search) -> Duration {
    match (search, language) {
        (Search::For(time), _) => time,
        (Search::UntilSteady(_), Language::Go) if live >= MANY => Duration::from_secs(8),
        (Search::UntilSteady(_), _) => Duration::from_millis(2500),
    }
}

/// Whether fresh buffers are what keeps a Go server busy.
fn collects(scenario: Scenario) -> bool {
    scenario.buffers == Buffers::Fresh && scenario.payload >= LARGE
}

/// Estimated requests a second, for servers on one core of a small machine.
fn rate(language: Language, scenario: Scenario) -> f64 {
    let half = match (language, scenario.pace) {
        (_, Pace::Fixed(rate)) => return rate as f64,
        (Language::Go, _) | (_, Pace::Even(_)) if collects(scenario) => 1000.0,
        _ => 4000.0,
    };
    match scenario.pace {
        Pace::Own(percent) | Pace::Even(percent) => half * f64::from(percent) / 50.0,
        _ => half,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(text: &str, effort: &Effort) -> f64 {
        let query = Query::parse(text).unwrap();
        let scenario = Scenario::parse(&query.case).unwrap();
        block(&key(&query, 0), scenario, effort).as_secs_f64()
    }

    #[test]
    fn a_slow_rate_takes_long_and_one_side_takes_half() {
        let effort = Effort {
            requests: 2100,
            ..Effort::QUICK
        };
        assert!(cost("server/load_10rps", &effort) > 3.0 * 120.0);
        assert!(cost("server/load_800rps", &effort) < 3.0 * 6.0);
        let both = cost("server/load_plain", &Effort::WHOLE);
        let go = cost("server/load_plain go=gogc400", &Effort::WHOLE);
        assert!(go < 0.7 * both && go >= 0.5 * both, "{go} of {both}");
    }

    #[test]
    fn many_live_objects_take_time_to_be_made() {
        let of = |live| {
            let query = Query::parse("server/load").unwrap();
            block(&key(&query, live), Scenario::default(), &Effort::MAP)
        };
        assert!(of(10_000_000) >= of(0) + Duration::from_secs(6));
    }
}

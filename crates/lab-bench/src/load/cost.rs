//! About how long a block of load takes: what a plan tells before any block has told.

use std::time::Duration;

use lab_results::{
    points::{Buffers, COUNTS, Pace, Point, Purpose},
    query::Wanted,
    result::Subject,
};
use lab_workspace::language::Side;

use crate::load::{capacity::Search, dose::idle, effort::Effort};

/// What a server that starts takes, and each of its live objects besides.
const START: Duration = Duration::from_millis(500);
const START_OBJECT: Duration = Duration::from_nanos(200);

/// From so many live objects on a Go heap takes time to grow, and what that takes of one that has grown.
const MANY: u64 = 100_000;
const WARM: Duration = Duration::from_secs(3);

/// What the requests of many connections take that are still to be answered.
const DRAIN: Duration = Duration::from_secs(4);

/// From this size on buffers of its own are what keeps a Go server busy.
const LARGE: u64 = 256 << 10;

/// The key of what is wanted with so many live objects.
pub(super) fn subject(wanted: &Wanted, scale: u64) -> Subject {
    Subject {
        topic: wanted.topic.clone(),
        case: wanted.case.clone(),
        scale,
        go: wanted.go.clone(),
        rust: wanted.rust.clone(),
        cores: wanted.cores.clone(),
    }
}

/// A block: both sides and, in every second one, each as the control where there is one.
pub(super) fn of_block(subject: &Subject, point: Point, effort: &Effort) -> Duration {
    let side = |side| {
        let search = search(side, subject.scale, effort.search);
        let again = if effort.again {
            // Two slices at least, of a server that is warm.
            (search / 2).clamp(2 * effort.search.slice(), WARM)
        } else {
            Duration::ZERO
        };
        let start = START + START_OBJECT * u32::try_from(subject.scale).unwrap_or(u32::MAX);
        // Asked of each side once a block.
        let before = match point.pace {
            Pace::Plain | Pace::Even(_) => (start + search) * 2 / 3,
            Pace::Own(_) | Pace::Fixed(_) => Duration::ZERO,
        };
        // Before an attack the same load comes without it.
        let times = 1 + u32::from(point.attacked);
        let load = if point.purpose == Purpose::Connections {
            // Behind the last of them ten thousand requests are answered.
            let count = COUNTS.len() as u32;
            count * effort.load * 3 / 2 + DRAIN
        } else {
            times * effort.load(rate(side, point))
        };
        // Of both sides, and not of the control.
        let floor = if effort.floor {
            effort.load(rate(side, point)) * 2 / 3
        } else {
            Duration::ZERO
        };
        before + start + search + load + floor + again
    };
    let sides = [Side::Go, Side::Rust].into_iter();
    let driven = sides.filter(|&side| !idle(subject, point, side));
    let sides = driven.map(side).sum::<Duration>();
    if point.alone() { sides } else { sides * 3 / 2 }
}

/// How long capacity is looked for: a fresh Go heap over many objects takes seconds to find its pace.
fn search(side: Side, live: u64, search: Search) -> Duration {
    match (search, side) {
        (Search::For(time), _) => time,
        (Search::UntilSteady(_), Side::Go) if live >= MANY => Duration::from_secs(8),
        (Search::UntilSteady(_), _) => Duration::from_millis(2500),
    }
}

/// Whether buffers of its own are what keeps a Go server busy.
fn collects(point: Point) -> bool {
    point.buffers == Buffers::Fresh && point.payload >= LARGE
}

/// About how many requests a second come, as servers on one core of a small machine do.
fn rate(side: Side, point: Point) -> f64 {
    let half = match (side, point.pace) {
        (_, Pace::Fixed(rate)) => return rate as f64,
        (Side::Go, _) | (_, Pace::Even(_)) if collects(point) => 1000.0,
        _ => 4000.0,
    };
    match point.pace {
        Pace::Own(percent) | Pace::Even(percent) => half * f64::from(percent) / 50.0,
        _ => half,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(text: &str, effort: &Effort) -> f64 {
        let wanted = Wanted::parse(text).unwrap();
        let point = Point::parse(&wanted.case).unwrap();
        of_block(&subject(&wanted, 0), point, effort).as_secs_f64()
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
            let wanted = Wanted::parse("server/load").unwrap();
            of_block(&subject(&wanted, live), Point::default(), &Effort::MAP)
        };
        assert!(of(10_000_000) >= of(0) + Duration::from_secs(6));
    }
}

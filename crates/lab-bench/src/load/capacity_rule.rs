//! Rule from measured seconds to a server's capacity: when it is known, and whether it has moved.
//!
//! Capacity changes: a fresh heap grows for seconds, and the server becomes faster with it. So capacity is measured
//! on the process that is then loaded, until it is steady, and again afterwards.

use std::time::Duration;

/// Largest change of a steady rate, from one second of closed loop to the next.
const MAX_RATE_CHANGE: f64 = 0.10;

/// Largest growth of steady resident memory, over two collections.
const MAX_MEMORY_GROWTH: f64 = 0.02;

/// Collections over which the growth of memory is measured.
const COLLECTIONS: u64 = 2;

/// Collections, or seconds, of a search before a rate may count as steady: a collected heap grows into its load, after
/// its start and again after a lower load, and over many objects its rate may be even for seconds at a third of the
/// final rate.
const WARM_COLLECTIONS: u64 = 100;
const WARM_SECONDS: usize = 8;

/// Largest change of capacity during the load; beyond it the capacity has moved.
const MAX_MOVE: f64 = 0.25;

/// Figures of one second of closed loop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Second {
    /// Requests a second.
    pub rate: f64,
    /// The share of a core that the generator used.
    pub busy: f64,
    /// Peak of resident memory.
    pub resident: u64,
    /// Collections since the start of the server.
    pub collections: u64,
}

/// Duration of a search for capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// A fixed time; the last two slices count.
    For(Duration),
    /// Until rate and memory are steady, at most this many seconds.
    UntilSteady(usize),
}

/// A server's capacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capacity {
    /// Requests a second.
    pub rate: f64,
    /// Whether rate and memory were steady.
    pub steady: bool,
    /// The share of a core that the generator used, which may limit the rate.
    pub busy: f64,
}

impl Search {
    /// Duration of a slice: a second, or half of a shorter search.
    pub fn slice(self) -> Duration {
        match self {
            Search::For(time) => (time / 2).min(Duration::from_secs(1)),
            Search::UntilSteady(_) => Duration::from_secs(1),
        }
    }

    /// Capacity once converged, else `None`.
    pub fn converged(self, slices: &[Second]) -> Option<Capacity> {
        let [.., before, last] = slices else {
            return None;
        };
        let steady =
            is_warm(slices) && is_steady(before.rate, last.rate) && is_memory_steady(slices);
        let over = match self {
            Search::For(time) => self.slice() * slices.len() as u32 >= time,
            Search::UntilSteady(max) => steady || slices.len() >= max,
        };
        over.then_some(Capacity {
            rate: f64::midpoint(before.rate, last.rate),
            steady: steady || matches!(self, Search::For(_)),
            busy: before.busy.max(last.busy),
        })
    }
}

fn is_steady(one: f64, other: f64) -> bool {
    (one - other).abs() < MAX_RATE_CHANGE * one.max(other)
}

/// Whether a collector has found its pace, if there is one at work.
fn is_warm(seconds: &[Second]) -> bool {
    let [first, .., last] = seconds else {
        return false;
    };
    last.collections == first.collections
        || last.collections >= first.collections + WARM_COLLECTIONS
        || seconds.len() >= WARM_SECONDS
}

/// Whether resident memory is steady over the last two collections; without a collector over the last second, with less
/// than two collections in a search over [`WARM_SECONDS`].
fn is_memory_steady(seconds: &[Second]) -> bool {
    let [earlier @ .., last] = seconds else {
        return false;
    };
    let earliest = match last.collections {
        0 => Some(0),
        collected => collected.checked_sub(COLLECTIONS),
    };
    let then = earliest.and_then(|count| earlier.iter().rfind(|s| s.collections <= count));
    // One that hardly ever collects shows within so many seconds whether its memory grows.
    let then = then.or_else(|| earlier.get(earlier.len().checked_sub(WARM_SECONDS)?));
    let max_growth = 1.0 + MAX_MEMORY_GROWTH;
    then.is_some_and(|then| last.resident as f64 <= then.resident as f64 * max_growth)
}

/// Whether the capacity of a process has moved.
pub fn moved(before: f64, after: f64) -> bool {
    before.max(after) > before.min(after) * (1.0 + MAX_MOVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(series: &[(f64, u64, u64)]) -> Vec<Second> {
        let second = |&(rate, resident, collections): &(f64, u64, u64)| Second {
            rate,
            busy: 0.5,
            resident,
            collections,
        };
        series.iter().map(second).collect()
    }

    /// How many seconds a search takes of a series, and what it finds.
    fn search(search: Search, series: &[(f64, u64, u64)]) -> Option<(usize, Capacity)> {
        let all = seconds(series);
        (1..=all.len()).find_map(|taken| Some((taken, search.converged(&all[..taken])?)))
    }

    #[test]
    fn a_rate_that_climbs_is_waited_for() {
        let climbing: Vec<_> = [776.0, 1010.0, 1673.0, 3990.0, 4100.0, 4050.0]
            .iter()
            .map(|&rate| (rate, 100, 0))
            .collect();
        let (taken, found) = search(Search::UntilSteady(15), &climbing).unwrap();
        assert_eq!((taken, found.rate, found.steady), (5, 4045.0, true));
    }

    #[test]
    fn memory_that_grows_over_two_collections_is_waited_for() {
        let growing = [
            (100.0, 84, 1),
            (100.0, 300, 5),
            (100.0, 310, 6),
            (100.0, 311, 7),
            (100.0, 312, 8),
        ];
        // The fifth second is the first that lies two collections behind one of its size.
        let busy = growing.map(|(rate, size, collections)| {
            let begun = if collections > 1 { 100 } else { 0 };
            (rate, size, begun + collections)
        });
        assert_eq!(search(Search::UntilSteady(15), &busy).unwrap().0, 5);
    }

    #[test]
    fn a_collector_that_only_begins_is_waited_for_though_its_rate_stands_still() {
        let begins = |by: u64| -> Vec<_> {
            let rate = |n| if n < 5 { 2000.0 } else { 6000.0 };
            (0..15).map(|n| (rate(n), 300, by * (1 + n))).collect()
        };
        let of = |by| search(Search::UntilSteady(15), &begins(by)).unwrap();
        assert_eq!((of(17).0, of(17).1.rate), (7, 6000.0));
        assert_eq!(of(2).0, 8, "eight seconds do where there are few");
        assert_eq!(of(1000).0, 2, "a hundred are soon over in a small heap");
        assert_eq!(
            of(0).0,
            2,
            "and without a collector there is nothing to wait for"
        );
    }

    #[test]
    fn a_search_behind_a_load_waits_again_though_much_was_collected_before() {
        let behind: Vec<_> = (0..15)
            .map(|n| (if n < 3 { 1200.0 } else { 2000.0 }, 300, 400 + 5 * n))
            .collect();
        let (taken, found) = search(Search::UntilSteady(15), &behind).unwrap();
        assert_eq!((taken, found.rate), (WARM_SECONDS, 2000.0));
    }

    #[test]
    fn without_two_collections_nothing_is_known_of_a_collector() {
        let one = [(100.0, 100, 1), (100.0, 100, 1), (100.0, 100, 2)];
        assert_eq!(search(Search::UntilSteady(15), &one), None);
    }

    #[test]
    fn a_server_that_hardly_ever_collects_becomes_steady_too() {
        let rare = |grows: u64| -> Vec<_> {
            let second = |n| (5000.0, 170 + grows * n, 40 + n / 10);
            (0..15).map(second).collect()
        };
        let of = |grows| search(Search::UntilSteady(15), &rare(grows)).unwrap();
        assert_eq!((of(0).0, of(0).1.steady), (WARM_SECONDS + 1, true));
        assert_eq!((of(5).0, of(5).1.steady), (15, false), "its memory grows");
    }

    #[test]
    fn what_is_never_steady_is_reported_as_unsteady_at_the_limit() {
        let wild: Vec<_> = (0..20)
            .map(|n| (f64::from(100 + 50 * (n % 2)), 9, 0))
            .collect();
        let (taken, found) = search(Search::UntilSteady(15), &wild).unwrap();
        assert_eq!((taken, found.steady), (15, false));
    }

    #[test]
    fn a_short_search_takes_its_time_and_no_more() {
        let wild = [(100.0, 9, 0), (200.0, 90, 1), (900.0, 900, 2)];
        let two = Search::For(Duration::from_secs(2));
        let (taken, found) = search(two, &wild).unwrap();
        assert_eq!((taken, found.rate), (2, 150.0));
        assert_eq!(Search::For(Duration::from_secs(1)).slice().as_millis(), 500);
    }

    #[test]
    fn capacity_moves_by_more_than_a_quarter() {
        assert!(!moved(100.0, 125.0) && !moved(125.0, 100.0));
        assert!(moved(100.0, 126.0) && moved(126.0, 100.0));
        assert!(moved(1548.0, 3138.0));
    }
}

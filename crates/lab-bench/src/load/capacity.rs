//! When a server has shown what it can do, and whether it still can.
//!
//! Capacity does not stay put: a fresh heap grows for seconds, and the server becomes faster with it. So
//! it is measured on the process that is then loaded, until it stands still, and again afterwards.

use std::time::Duration;

/// Two successive seconds of closed loop differ by less.
const RATE_STANDS: f64 = 0.10;

/// Resident memory grows by less over two collections.
const MEMORY_STANDS: f64 = 0.02;

/// So many collections tell whether memory still grows.
const COLLECTIONS: u64 = 2;

/// A heap that is collected grows into its load, and over many objects that takes it seconds in which its
/// rate may stand still, at a third of what follows: so many collections, or seconds, go before.
const WARM_COLLECTIONS: u64 = 100;
const WARM_SECONDS: usize = 8;

/// A server whose capacity changed by more than this during the load was not the same server.
const MOVED: f64 = 0.25;

/// What one second of closed loop showed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Second {
    /// Requests a second.
    pub rate: f64,
    /// The share of a core that the generator used.
    pub busy: f64,
    /// The most memory that was resident.
    pub resident: u64,
    /// How many collections there were since the server began.
    pub collections: u64,
}

/// How long capacity is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// So long, and what the last two slices showed counts.
    For(Duration),
    /// Until rate and memory stand still, at most so many seconds.
    UntilSteady(usize),
}

/// The capacity that successive slices showed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capacity {
    /// Requests a second.
    pub rate: f64,
    /// Whether rate and memory stood still.
    pub steady: bool,
    /// The share of a core that the generator used, which may be what limits the rate.
    pub busy: f64,
}

impl Search {
    /// How long a slice is: a second, or half of a shorter search.
    pub fn slice(self) -> Duration {
        match self {
            Search::For(time) => (time / 2).min(Duration::from_secs(1)),
            Search::UntilSteady(_) => Duration::from_secs(1),
        }
    }

    /// What these slices tell; none if one more is needed.
    pub fn told(self, slices: &[Second]) -> Option<Capacity> {
        let [.., before, last] = slices else {
            return None;
        };
        let steady = is_warm(slices) && stands(before.rate, last.rate) && memory_stands(slices);
        let over = match self {
            Search::For(time) => self.slice() * slices.len() as u32 >= time,
            Search::UntilSteady(most) => steady || slices.len() >= most,
        };
        over.then_some(Capacity {
            rate: f64::midpoint(before.rate, last.rate),
            steady: steady || matches!(self, Search::For(_)),
            busy: before.busy.max(last.busy),
        })
    }
}

fn stands(one: f64, other: f64) -> bool {
    (one - other).abs() < RATE_STANDS * one.max(other)
}

/// Whether a collector has found its pace, if there is one at work.
fn is_warm(seconds: &[Second]) -> bool {
    let [first, .., last] = seconds else {
        return false;
    };
    last.collections == first.collections
        || last.collections >= WARM_COLLECTIONS
        || seconds.len() >= WARM_SECONDS
}

/// Whether resident memory grew less than it may since two collections ago; without a collector since
/// the second before.
fn memory_stands(seconds: &[Second]) -> bool {
    let [earlier @ .., last] = seconds else {
        return false;
    };
    let wanted = match last.collections {
        0 => Some(0),
        collected => collected.checked_sub(COLLECTIONS),
    };
    let then = wanted.and_then(|wanted| earlier.iter().rfind(|s| s.collections <= wanted));
    then.is_some_and(|then| last.resident as f64 <= then.resident as f64 * (1.0 + MEMORY_STANDS))
}

/// Whether two capacities of one process are those of two different servers.
pub fn moved(before: f64, after: f64) -> bool {
    before.max(after) > before.min(after) * (1.0 + MOVED)
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
        (1..=all.len()).find_map(|taken| Some((taken, search.told(&all[..taken])?)))
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
        let busy = growing.map(|(rate, size, collections)| (rate, size, 100 + collections));
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
    fn without_two_collections_nothing_is_known_of_a_collector() {
        let one = [(100.0, 100, 1), (100.0, 100, 1), (100.0, 100, 2)];
        assert_eq!(search(Search::UntilSteady(15), &one), None);
    }

    #[test]
    fn what_never_stands_still_is_told_so_at_the_limit() {
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
    fn a_quarter_more_or_less_is_another_server() {
        assert!(!moved(100.0, 125.0) && !moved(125.0, 100.0));
        assert!(moved(100.0, 126.0) && moved(126.0, 100.0));
        assert!(moved(1548.0, 3138.0));
    }
}

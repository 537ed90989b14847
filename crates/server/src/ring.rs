// Twin: go/server/ring.go

//! The last requests of a server: which memory each had, and how long it was in its handler.

use std::{
    hash::{BuildHasher as _, RandomState},
    hint::black_box,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    time::Instant,
};

use serde::Serialize;

/// A fixed number of places; a new request takes that of the oldest.
pub struct Ring {
    start: Instant,
    seen: AtomicUsize,
    places: Vec<Place>,
    /// What nobody outside can foresee.
    chance: RandomState,
}

/// One request, in nanoseconds.
#[derive(Default)]
struct Place {
    /// When it began, since the ring did.
    begun: AtomicU64,
    /// How long it took, and in the lowest bit whether its memory was pooled.
    took: AtomicU64,
}

/// What `/times` tells.
#[derive(Serialize)]
pub struct Times {
    /// How many requests there were.
    seen: usize,
    /// The last of them, oldest first: nanoseconds of its begin, 1 for pooled memory, nanoseconds it took.
    requests: Vec<[u64; 3]>,
}

impl Ring {
    pub fn new(places: usize) -> Self {
        Ring {
            start: Instant::now(),
            seen: 0.into(),
            // Written to now, so that no request finds a page without memory. A compiler that knows of zeros
            // only asks for memory that comes zeroed, and writes to none of it.
            places: (0..places).map(|_| black_box(Place::default())).collect(),
            chance: RandomState::new(),
        }
    }

    /// Lets a request have pooled memory or fresh one, by chance, and keeps how long that took.
    pub fn time(&self, request: usize, handle: impl FnOnce(bool)) {
        let pooled = self.chance.hash_one(request) & 1 == 1;
        let begun = Instant::now();
        handle(pooled);
        let took = begun.elapsed().as_nanos() as u64;
        let place = self.seen.fetch_add(1, Relaxed) % self.places.len();
        let since_start = begun.duration_since(self.start).as_nanos() as u64;
        self.places[place].begun.store(since_start, Relaxed);
        let took = took << 1 | u64::from(pooled);
        self.places[place].took.store(took, Relaxed);
    }

    /// Tells all that it keeps, right only when no request runs.
    pub fn times(&self) -> Times {
        let seen = self.seen.load(Relaxed);
        let kept = seen.min(self.places.len());
        let requests = (seen - kept..seen).map(|request| {
            let place = &self.places[request % self.places.len()];
            let took = place.took.load(Relaxed);
            [place.begun.load(Relaxed), took & 1, took >> 1]
        });
        Times {
            seen,
            requests: requests.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_keeps_the_kinds_and_times_of_the_last() {
        let ring = Ring::new(64);
        let mut kinds = Vec::new();
        for request in 0..100 {
            ring.time(request, |pooled| {
                kinds.push(u64::from(pooled));
                let begun = Instant::now();
                while begun.elapsed().as_micros() < 20 {}
            });
        }
        let times = ring.times();
        assert_eq!((times.seen, times.requests.len()), (100, 64));
        let seen: Vec<_> =
            times.requests.iter().map(|request| request[1]).collect();
        assert_eq!(seen, kinds[36..]);
        assert!(seen.contains(&0) && seen.contains(&1));
        assert!(times.requests.is_sorted_by_key(|request| request[0]));
        assert!(times.requests.iter().all(|request| request[2] >= 20_000));
    }
}

// Twin: go/leaks/steady.go

//! A cache of a fixed size under steady load: who keeps a request waiting?

use std::{
    hint::black_box,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use leaks::Lru;
use pair::{Bench, Latencies, Stop};

use crate::random::Random;

/// The most requests of a run.
const REQUESTS: usize = 50_000;

/// The time from one request to the next.
const BETWEEN: Duration = Duration::from_micros(100);

/// One request in this many puts a new value in, for which the oldest has to go.
const NEW: usize = 10;

/// A cache of a fixed size.
pub trait Limited {
    /// The value under the key, which is now the one that was used last.
    fn get(&mut self, key: i64) -> Option<i64>;
    /// Puts a value under a new key, and returns the one that had to go.
    fn put(&mut self, key: i64, value: i64) -> i64;
}

impl Limited for Lru<i64, i64> {
    fn get(&mut self, key: i64) -> Option<i64> {
        Lru::get(self, &key).copied()
    }

    fn put(&mut self, key: i64, value: i64) -> i64 {
        Lru::put(self, key, value).map_or(0, |gone| gone.value)
    }
}

/// Times requests from when they were meant to start. A run has five parts; Go collects at the beginning
/// of the second and of the fourth.
pub fn steady(bench: &mut Bench, cache: impl Limited) -> Result<(), Stop> {
    let requests = bench.scale.min(REQUESTS);
    let mut service = Service::new(cache, bench.scale);
    let served: i64 = (0..requests).map(|number| service.serve(number)).sum();
    bench.answer(served);
    bench.begin();
    while let Some(mut sample) = bench.next_sample() {
        let mut late = [Latencies::new(), Latencies::new()];
        let mut served = 0;
        let began = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let start = Instant::now();
        for number in 0..requests {
            // Nothing is collected here: what has to go is freed by the request that evicts it.
            let part = number * 5 / requests;
            let due = BETWEEN * number as u32;
            thread::sleep(due.saturating_sub(start.elapsed()));
            served += black_box(service.serve(number));
            late[part % 2].record(start.elapsed().saturating_sub(due));
        }
        let [quiet, after] = late;
        sample.latencies("after_ns", &after);
        sample.latencies("quiet_ns", &quiet);
        sample.set("began_ns", began.as_nanos() as u64);
        sample.answers(served);
        bench.report(sample);
    }
    Ok(())
}

/// A full cache, and what its requests ask for.
struct Service<C> {
    cache: C,
    limit: usize,
    next: i64,
    random: Random,
}

impl<C: Limited> Service<C> {
    fn new(mut cache: C, limit: usize) -> Self {
        let next = limit as i64;
        for key in 0..next {
            cache.put(key, key);
        }
        let random = Random(1);
        Service {
            cache,
            limit,
            next,
            random,
        }
    }

    /// Answers with the value that was found, or with the one that had to go.
    fn serve(&mut self, number: usize) -> i64 {
        if number.is_multiple_of(NEW) {
            let key = self.next;
            self.next += 1;
            return self.cache.put(key, key);
        }
        let key = self.random.below(self.limit) as i64;
        self.cache.get(key).unwrap_or(0)
    }
}

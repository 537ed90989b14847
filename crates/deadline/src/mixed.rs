// Twin: go/deadline/mixed.go

//! Orders whose memory is fresh or held beforehand, by chance, in one process.

use std::{
    hint::{black_box, spin_loop},
    time::{Duration, Instant},
};

use deadline::Book;
use pair::{Bench, Latencies, Sample, Stop};

use crate::feed::{BETWEEN, Feed, drop_trades, held_book, keep, send};

/// How many orders are meant to start in 100 ms.
const PER_WINDOW: usize = 100_000_000 / BETWEEN.as_nanos() as usize;

/// How many orders of each kind a window needs: twenty lie beyond its p99.
const FEWEST: usize = 2000;

/// By how much two percentiles of a window have to differ.
const APART: i64 = 10_000;

/// A book and what it is fed, and how the next order is made ready for.
struct Exchange {
    feed: Feed,
    book: Book,
    next: fn(&mut Book),
}

/// One whose orders have memory of their own and one on memory held beforehand; lots decide which of them the
/// next order goes to.
struct Exchanges {
    both: [Exchange; 2],
    lots: Feed,
}

impl Exchanges {
    fn new() -> Self {
        let exchange = |book, next| Exchange {
            feed: Feed::new(1),
            book,
            next,
        };
        Exchanges {
            both: [
                exchange(Book::new(false), drop_trades as fn(&mut Book)),
                exchange(held_book(), keep),
            ],
            lots: Feed::new(2),
        }
    }

    /// The exchange of the next order.
    fn draw(&mut self) -> usize {
        self.lots.below(2) as usize
    }

    /// Sends an order to this exchange; returns the money that changed hands.
    fn send(&mut self, kind: usize) -> i64 {
        let exchange = &mut self.both[kind];
        send(&mut exchange.feed, &mut exchange.book, exchange.next)
    }
}

/// Sends each order when it is due. What is late because the order before took too long is left out of both
/// kinds.
pub fn mixed(bench: &mut Bench) -> Result<(), Stop> {
    let count = bench.scale;
    bench.answer(send_mixed(&mut Exchanges::new(), count));
    while let Some(mut sample) = bench.next_sample() {
        let (mut exchanges, mut windows) = (Exchanges::new(), Windows::new());
        let mut money = 0;
        let start = Instant::now();
        for number in 0..count {
            let due = BETWEEN * (number + 1) as u32;
            let kind = exchanges.draw();
            let queued = start.elapsed() > due;
            while start.elapsed() < due {
                spin_loop();
            }
            money += black_box(exchanges.send(kind));
            let took = start.elapsed().saturating_sub(due);
            windows.record(number, kind, queued, took);
        }
        windows.report(&mut sample);
        sample.answers(money);
        bench.report(sample);
    }
    Ok(())
}

/// Sends orders back to back; returns the money that changed hands.
fn send_mixed(exchanges: &mut Exchanges, count: usize) -> i64 {
    let mut money = 0;
    for _ in 0..count {
        let kind = exchanges.draw();
        money += exchanges.send(kind);
    }
    money
}

/// Compares fresh memory with held memory, 100 ms by 100 ms.
struct Windows {
    /// The times of the window at hand, by kind.
    at_hand: [Vec<Duration>; 2],
    window: usize,
    all: [Latencies; 2],
    queued: Latencies,
    differences: Vec<i64>,
}

impl Windows {
    fn new() -> Self {
        // As many as a window may have, so that recording allocates nothing.
        let times = |_| Vec::with_capacity(PER_WINDOW);
        Windows {
            at_hand: [0, 1].map(times),
            window: 0,
            all: [Latencies::new(), Latencies::new()],
            queued: Latencies::new(),
            differences: Vec::new(),
        }
    }

    fn record(
        &mut self,
        number: usize,
        kind: usize,
        queued: bool,
        took: Duration,
    ) {
        let window = number / PER_WINDOW;
        if window != self.window {
            self.close();
            self.window = window;
        }
        if queued {
            self.queued.record(took);
            return;
        }
        self.at_hand[kind].push(took);
        self.all[kind].record(took);
    }

    /// Ends the window at hand; one with too few orders tells nothing.
    fn close(&mut self) {
        let [fresh, held] = &mut self.at_hand;
        if fresh.len().min(held.len()) >= FEWEST {
            self.differences.push(p99(fresh) - p99(held));
        }
        fresh.clear();
        held.clear();
    }

    fn report(&mut self, sample: &mut Sample) {
        self.close();
        self.differences.sort_unstable();
        let differences = &self.differences;
        let slower = differences.iter().filter(|&&d| d > APART).count();
        let faster = differences.iter().filter(|&&d| d < -APART).count();
        sample.set("windows", differences.len());
        sample.set("fresh_slower_windows", slower);
        sample.set("held_slower_windows", faster);
        if let Some(&middle) = differences.get(differences.len() / 2) {
            sample.set("window_ns", middle);
        }
        sample.latencies("order_ns", &self.all[0]);
        sample.latencies("order_held_ns", &self.all[1]);
        sample.latencies("queued_ns", &self.queued);
    }
}

/// The smallest time that 99 of 100 do not exceed, in nanoseconds; sorts them.
fn p99(times: &mut [Duration]) -> i64 {
    times.sort_unstable();
    times[(99 * times.len()).div_ceil(100) - 1].as_nanos() as i64
}

// Twin: go/deadline/feed.go

//! What the world and the book are fed, by chance that is the same in both languages.

use std::time::Duration;

use deadline::{Book, Order, Side, World};

/// The time from one order to the next.
pub const BETWEEN: Duration = Duration::from_micros(10);

/// How many frames a particle lives at most.
pub const LIFE: usize = 32;

/// How many orders come before one that still waits is cancelled.
const PATIENCE: usize = 1000;

/// The prices of a market.
const PRICES: std::ops::Range<i64> = 968..1032;

/// A source of births and orders.
pub struct Feed {
    state: u64,
    orders: usize,
    sent: Vec<(Side, i64)>,
}

impl Feed {
    /// A source that always gives the same for the same seed.
    pub fn new(seed: u64) -> Self {
        Feed {
            state: seed,
            orders: 0,
            sent: vec![(Side::Buy, 0); PATIENCE],
        }
    }

    /// One frame: births, a step, deaths.
    pub fn frame<T>(
        &mut self,
        world: &mut World<T>,
        births: usize,
        value: impl Fn() -> T,
    ) {
        self.spawn(world, births, value);
        world.step();
        world.release();
    }

    /// Adds this many births.
    pub fn spawn<T>(
        &mut self,
        world: &mut World<T>,
        births: usize,
        value: impl Fn() -> T,
    ) {
        for _ in 0..births {
            let life = LIFE - self.below(LIFE as i64 / 2) as usize;
            world.spawn(value(), self.below(128), life);
        }
    }

    /// One order, after an old one is cancelled that nobody wanted.
    pub fn order(&mut self, book: &mut Book) {
        let place = self.orders % PATIENCE;
        let (side, price) = self.sent[place];
        if self.orders >= PATIENCE {
            book.cancel(side, price, (self.orders - PATIENCE) as i64);
        }
        let side = [Side::Buy, Side::Sell][self.below(2) as usize];
        let price = PRICES.start + self.below(PRICES.end - PRICES.start);
        let order = Order {
            id: self.orders as i64,
            price,
            quantity: 1 + self.below(100),
        };
        book.place(side, order);
        self.sent[place] = (side, price);
        self.orders += 1;
    }

    /// Numbers below this one, by a linear congruential generator.
    pub fn below(&mut self, limit: i64) -> i64 {
        // Overflow is wanted here: a plain `*` panics on it in a debug build, Go's never does.
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as i64 % limit
    }
}

/// A world that already holds the memory for frames of this many births.
pub fn held_world(births: usize) -> World<()> {
    let mut world = World::new(true);
    for _ in 0..births * LIFE {
        world.spawn((), 0, LIFE);
    }
    for _ in 0..LIFE {
        world.step();
    }
    world.release();
    world
}

/// A book that already holds the memory for all orders that a market can have waiting.
pub fn held_book() -> Book {
    // Twice as many: what is gone is swept out once it is more than what is left.
    let prices = 2 * (PRICES.end - PRICES.start);
    let orders = 2 * PATIENCE as i64 + 2;
    let mut book = Book::new(true);
    for (side, first) in [(Side::Buy, 1), (Side::Sell, 1 + prices)] {
        for price in first..first + prices {
            for id in 0..orders {
                let quantity = 1;
                book.place(
                    side,
                    Order {
                        id,
                        price,
                        quantity,
                    },
                );
            }
        }
        for price in first..first + prices {
            for id in 0..orders {
                book.cancel(side, price, id);
            }
        }
    }
    book.trades.reserve(PATIENCE);
    book
}

/// A number that depends on every point of every trail.
pub fn checksum<T>(world: &World<T>) -> i64 {
    let points = world.particles.iter().flat_map(|p| &p.trail);
    points.fold(0, |sum: i64, height| {
        sum.wrapping_mul(31).wrapping_add(*height)
    })
}

/// Sends one order, makes ready for the next; returns the money that changed hands.
pub fn send(feed: &mut Feed, book: &mut Book, next: fn(&mut Book)) -> i64 {
    feed.order(book);
    let money = book.trades.iter().map(|trade| trade.price * trade.quantity);
    let money = money.sum();
    next(book);
    money
}

/// Gives the next order a list of trades of its own.
pub fn drop_trades(book: &mut Book) {
    book.trades = Vec::new();
}

/// Gives the next order the same list of trades.
pub fn keep(book: &mut Book) {
    book.trades.clear();
}

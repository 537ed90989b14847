// Twin: go/deadline/deadline_test.go

//! What a world and a book do in both languages.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use deadline::{Book, Order, Particle, Side, World};

const BUY: Side = Side::Buy;
const SELL: Side = Side::Sell;

fn order(id: i64, price: i64, quantity: i64) -> Order {
    Order {
        id,
        price,
        quantity,
    }
}

#[test]
fn a_particle_flies_and_lands() {
    for keep in [false, true] {
        let mut world = World::new(keep);
        world.spawn("a", 10, 7);
        for _ in 0..6 {
            world.step();
            world.release();
        }
        assert_eq!(world.particles[0].trail, [6, 8, 6, 0, 0, 0]);
    }
}

#[test]
fn a_particle_is_released_when_its_time_is_over() {
    for keep in [false, true] {
        let mut world = World::new(keep);
        for (value, life) in [("a", 3), ("b", 1), ("c", 2), ("d", 3)] {
            world.spawn(value, 0, life);
        }
        for expected in ["acd", "ad", ""] {
            world.step();
            world.release();
            let left: String =
                world.particles.iter().map(|p| p.value).collect();
            assert_eq!(left, expected);
        }
    }
}

#[test]
fn a_trail_that_is_kept_starts_anew() {
    let mut world = World::new(true);
    for speed in [20, 8] {
        world.spawn((), speed, 2);
        world.step();
        assert_eq!(world.particles[0].trail, [speed - 4]);
        world.step();
        world.release();
        assert!(world.particles.is_empty());
    }
}

#[test]
fn orders_trade_by_price_and_then_by_time() {
    let sells = [(SELL, 102, 5), (SELL, 101, 5), (SELL, 101, 5)];
    let buys = [(BUY, 98, 5), (BUY, 99, 5), (BUY, 99, 5)];
    for (waiting, side, price, expected) in [
        (sells, BUY, 100, vec![]),
        (sells, BUY, 101, vec![order(2, 101, 5), order(3, 101, 5)]),
        (
            sells,
            BUY,
            102,
            vec![order(2, 101, 5), order(3, 101, 5), order(1, 102, 2)],
        ),
        (buys, SELL, 100, vec![]),
        (buys, SELL, 99, vec![order(2, 99, 5), order(3, 99, 5)]),
        (
            buys,
            SELL,
            98,
            vec![order(2, 99, 5), order(3, 99, 5), order(1, 98, 2)],
        ),
    ] {
        for keep in [false, true] {
            let mut book = Book::new(keep);
            for (id, (side, price, quantity)) in (1..).zip(waiting) {
                book.place(side, order(id, price, quantity));
            }
            book.place(side, order(4, price, 12));
            assert_eq!(
                book.trades, expected,
                "{side:?} at {price}, keep {keep}"
            );
        }
    }
}

#[test]
fn what_is_left_of_an_order_waits() {
    for keep in [false, true] {
        let mut book = Book::new(keep);
        book.place(SELL, order(1, 10, 3));
        book.place(BUY, order(2, 11, 5));
        let left: Vec<_> = book.orders(BUY).copied().collect();
        assert_eq!(left, [order(2, 11, 2)]);
        assert_eq!((book.orders(SELL).count(), book.waiting()), (0, 1));
    }
}

#[test]
fn a_cancelled_order_trades_no_more() {
    for keep in [false, true] {
        let mut book = Book::new(keep);
        for id in 1..=3 {
            book.place(BUY, order(id, 10, id));
        }
        assert_eq!(book.cancel(BUY, 10, 2), Some(2));
        for (side, price, id) in
            [(BUY, 10, 2), (BUY, 11, 1), (SELL, 10, 1), (BUY, 10, 9)]
        {
            assert_eq!(book.cancel(side, price, id), None);
        }
        book.place(SELL, order(4, 1, 9));
        assert_eq!(book.trades, [order(1, 10, 1), order(3, 10, 3)]);
    }
}

#[test]
fn the_number_of_a_cancelled_order_may_come_again() {
    for keep in [false, true] {
        let mut book = Book::new(keep);
        for id in 1..=9 {
            book.place(BUY, order(id, 10, 1));
        }
        for id in [8, 9, 7] {
            book.cancel(BUY, 10, id);
        }
        book.place(BUY, order(7, 10, 2));
        assert_eq!(book.cancel(BUY, 10, 7), Some(2));
        assert_eq!(book.waiting(), 6);
    }
}

#[test]
fn an_order_that_makes_no_sense_is_refused_or_does_nothing() {
    let mut book = Book::new(false);
    book.place(BUY, order(5, 10, 1));
    for quantity in [0, -1, i64::MIN] {
        assert_eq!(book.place(SELL, order(6, 10, quantity)), quantity);
        book.place(BUY, order(6, 10, quantity));
    }
    for id in [5, 4, -1] {
        let placed = catch_unwind(AssertUnwindSafe(|| {
            book.place(BUY, order(id, 10, 1))
        }));
        let says = placed.expect_err("a panic");
        let expected =
            "an order's number has to be higher than those before it";
        assert_eq!(says.downcast_ref(), Some(&expected), "order {id}");
    }
    assert_eq!((book.waiting(), book.trades.len()), (1, 0));
}

#[test]
fn a_price_may_be_any_number() {
    for price in [i64::MIN, -1, 0, i64::MAX] {
        for (side, other) in [(BUY, SELL), (SELL, BUY)] {
            let mut book = Book::new(false);
            book.place(side, order(1, price, 2));
            book.place(other, order(2, price, 1));
            assert_eq!(book.trades, [order(1, price, 1)], "{price}, {side:?}");
            assert_eq!(
                book.cancel(side, price, 1),
                Some(1),
                "{price}, {side:?}"
            );
            assert_eq!(book.waiting(), 0, "{price}, {side:?}");
        }
    }
    let mut book = Book::new(false);
    book.place(SELL, order(1, i64::MAX, 1));
    book.place(BUY, order(2, i64::MAX - 1, 1));
    book.place(BUY, order(3, i64::MIN, 1));
    book.place(SELL, order(4, i64::MIN + 1, 2));
    assert_eq!(book.trades, [order(2, i64::MAX - 1, 1)]);
    assert_eq!(book.waiting(), 3);
}

#[test]
fn a_life_below_one_is_one_frame() {
    for keep in [false, true] {
        for life in [1, 0] {
            let mut world = World::new(keep);
            world.spawn("a", 10, life);
            world.release();
            assert_eq!(world.particles.len(), 1, "life {life}");
            world.step();
            world.release();
            assert_eq!(world.particles.len(), 0, "life {life}");
        }
    }
}

#[test]
fn speeds_wrap_around() {
    for (speed, height) in [
        (i64::MIN, i64::MAX - 3),
        (i64::MAX, i64::MAX - 4),
        (i64::MIN + 4, 0),
    ] {
        let mut world = World::new(false);
        world.spawn("a", speed, 3);
        world.step();
        assert_eq!(world.particles[0].trail, [height], "speed {speed}");
        world.step();
    }
}

/// Counts when it is dropped, and panics if its turn has come.
struct Bomb<'a> {
    dropped: &'a Cell<usize>,
    explodes: bool,
}

impl Drop for Bomb<'_> {
    fn drop(&mut self) {
        self.dropped.set(self.dropped.get() + 1);
        if self.explodes {
            resume_unwind(Box::new("on purpose"));
        }
    }
}

// only here: Go's values have no destructor that could panic.
#[test]
fn a_panic_of_a_drop_leaves_a_whole_world() {
    for keep in [false, true] {
        let dropped = Cell::new(0);
        let mut world = World::new(keep);
        for number in 0..100 {
            let bomb = Bomb {
                dropped: &dropped,
                explodes: number == 10,
            };
            world.spawn(bomb, 0, 1 + number % 2);
        }
        world.step();
        // Every second one goes; the sixth of them panics.
        assert!(catch_unwind(AssertUnwindSafe(|| world.release())).is_err());
        assert_eq!((dropped.get(), world.particles.len()), (6, 94));
        world.release();
        assert_eq!((dropped.get(), world.particles.len()), (50, 50));
        drop(world);
        assert_eq!(dropped.get(), 100);
    }
}

#[test]
fn sizes_are_the_same_in_both_languages() {
    assert_eq!(size_of::<Order>(), 24);
    assert_eq!(size_of::<Particle<i64>>(), 56);
}

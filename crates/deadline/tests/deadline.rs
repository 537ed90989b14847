// Twin: go/deadline/deadline_test.go

//! What a world and a book do, whoever frees their memory.

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
            let left: String = world.particles.iter().map(|p| p.value).collect();
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
            assert_eq!(book.trades, expected, "{side:?} at {price}, keep {keep}");
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
        assert_eq!(book.orders(SELL).count(), 0);
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
        for (side, price, id) in [(BUY, 10, 2), (BUY, 11, 1), (SELL, 10, 1), (BUY, 10, 9)] {
            assert_eq!(book.cancel(side, price, id), None);
        }
        book.place(SELL, order(4, 1, 9));
        assert_eq!(book.trades, [order(1, 10, 1), order(3, 10, 3)]);
    }
}

#[test]
fn sizes_are_the_same_in_both_languages() {
    assert_eq!(size_of::<Order>(), 24);
    assert_eq!(size_of::<Particle<i64>>(), 56);
}

// Twin: go/deadline/script.go

//! The demo and the operations of scripts, over counted particles.

use deadline::{Book, Order, Side, World};
use pair::{
    Counted, Line, Operation, Out, Part, Script, Stop, Tally, id, settle, whole,
};

use crate::feed::{Feed, checksum};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        word: "births",
        operands: &[whole("NUMBER", 0, 500)],
        part: Part::None,
        says: "sets how many particles each frame adds, at first 10",
    },
    Operation {
        word: "frame",
        operands: &[whole("NUMBER", 1, 300)],
        part: Part::Releases,
        says: "runs this many frames: each adds particles, moves all and releases those whose trail is as long as their life; a particle counts as 384 bytes, has height 0, life 32 - lot(16) and then speed lot(128), moves by speed - 4 to a height of 0 at least and adds the height to its trail; lot(N) is (s >> 33) mod N, with s = s * 6364136223846793005 + 1442695040888963407 in 64 bits before each, from 1",
    },
    Operation {
        word: "particles",
        operands: &[],
        part: Part::None,
        says: "prints the number of flying particles, and a checksum of their trails, the eldest's first: sum * 31 + height for each height, in 64 bits with a sign",
    },
    Operation {
        word: "settle",
        operands: &[],
        part: Part::Settles,
        says: "waits until everything released is freed",
    },
    Operation {
        word: "alive",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of live particles",
    },
    Operation {
        word: "freed",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of freed particles",
    },
    Operation {
        word: "buy",
        operands: &[
            whole("PRICE", 1, 1_000_000),
            whole("QUANTITY", 1, 1_000_000),
        ],
        part: Part::None,
        says: "places an order that pays PRICE or less, and prints its trades, at the price of the one that waited, and what is left, which waits; refused if 10000 orders wait",
    },
    Operation {
        word: "sell",
        operands: &[
            whole("PRICE", 1, 1_000_000),
            whole("QUANTITY", 1, 1_000_000),
        ],
        part: Part::None,
        says: "places an order that accepts PRICE or more, and prints its trades, at the price of the one that waited, and what is left, which waits; refused if 10000 orders wait",
    },
    Operation {
        word: "cancel",
        operands: &[id("ORDER")],
        part: Part::None,
        says: "cancels an order that waits, and prints how much of it was left; orders are numbered from 1",
    },
    Operation {
        word: "book",
        operands: &[whole("DEPTH", 1, 100)],
        part: Part::None,
        says: "prints the orders that are next to trade, DEPTH of each side, the best prices in the middle, and how many wait",
    },
    Operation {
        word: "trades",
        operands: &[],
        part: Part::None,
        says: "prints the number of trades, their quantity and their cost",
    },
    Operation {
        word: "market",
        operands: &[
            whole("ORDERS", 1, 100_000),
            whole("SEED", 0, 1_000_000_000),
        ],
        part: Part::None,
        says: "sends orders, numbered from 0, to a book of their own, and prints the result: each has side lot(2), 0 buys, price 968 + lot(64) and quantity 1 + lot(100), from s = SEED, and before it the order 1000 earlier is cancelled",
    },
];

/// What a script keeps alive in a particle with its trail, for the limit of bytes.
const PARTICLE_BYTES: usize = 384;

/// How many orders may wait in a script's book.
const MAX_ORDERS: usize = 10_000;

pub fn demo(out: &Out) -> Result<(), Stop> {
    let tally = Tally::new();
    let mut world = World::new(false);
    let mut feed = Feed::new(1);
    for _ in 0..60 {
        feed.frame(&mut world, 10, || Counted::new(&tally, ()));
    }
    settle();
    out.line(format_args!(
        "one second: {} particles made, {} of them freed",
        tally.made(),
        tally.freed()
    ));
    let (flying, sum) = (world.particles.len(), checksum(&world));
    out.line(format_args!("in flight: {flying}, checksum {sum}"));

    let mut book = Book::new(false);
    let orders = [
        (Side::Sell, 102, 5),
        (Side::Sell, 101, 5),
        (Side::Sell, 101, 5),
        (Side::Buy, 101, 7),
    ];
    for (id, (side, price, quantity)) in (1..).zip(orders) {
        book.place(
            side,
            Order {
                id,
                price,
                quantity,
            },
        );
    }
    for trade in &book.trades {
        out.line(format_args!(
            "bought {} at {} from order {}",
            trade.quantity, trade.price, trade.id
        ));
    }
    let waiting: Vec<_> = book
        .orders(Side::Sell)
        .map(|o| format!("{} at {}", o.quantity, o.price))
        .collect();
    out.line(format_args!("still for sale: {}", waiting.join(", ")));
    market(out, 10_000, 1);
    Ok(())
}

/// Sends random orders to a book of their own.
fn market(out: &Out, orders: usize, seed: u64) {
    let mut book = Book::new(false);
    let mut feed = Feed::new(seed);
    let mut total = Total::default();
    for _ in 0..orders {
        feed.order(&mut book);
        total.take(&mut book);
    }
    out.line(format_args!(
        "{orders} orders: {total}, {} wait",
        book.waiting()
    ));
}

pub fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let mut desk = Desk {
        births: 10,
        tally: script.tally(),
        feed: Feed::new(1),
        world: World::new(false),
        book: Book::new(false),
        placed: Vec::new(),
        total: Total::default(),
    };
    while let Some(line) = script.read_line()? {
        desk.perform(script, &line, out)?;
    }
    Ok(())
}

/// What a script works on.
struct Desk {
    births: usize,
    tally: Tally,
    feed: Feed,
    world: World<Counted<()>>,
    book: Book,
    /// The side and the price of every order, whatever became of it.
    placed: Vec<(Side, i64)>,
    total: Total,
}

impl Desk {
    fn perform(
        &mut self,
        script: &mut Script,
        line: &Line,
        out: &Out,
    ) -> Result<(), Stop> {
        match line.word {
            "births" => self.births = line.whole(0),
            "frame" => self.frame(script, line.whole(0))?,
            "particles" => {
                let (flying, sum) =
                    (self.world.particles.len(), checksum(&self.world));
                out.line(format_args!("{flying} particles, checksum {sum}"));
            }
            "settle" => {}
            "alive" => out.line(format_args!("{} alive", self.tally.alive())),
            "freed" => out.line(format_args!("{} freed", self.tally.freed())),
            "buy" => self.place(script, Side::Buy, line, out)?,
            "sell" => self.place(script, Side::Sell, line, out)?,
            "cancel" => {
                let order = line.whole(0);
                let placed = self.placed.get(order - 1).copied();
                let left = placed.and_then(|(side, price)| {
                    self.book.cancel(side, price, order as i64)
                });
                let left = left.ok_or_else(|| {
                    script.refuse(format!("order {order} does not wait"))
                })?;
                out.line(format_args!("cancelled {left}"));
            }
            "book" => self.tell_book(line.whole(0), out),
            "trades" => out.line(&self.total),
            "market" => market(out, line.whole(0), line.whole(1) as u64),
            other => return Err(script.unknown(other)),
        }
        Ok(())
    }

    fn frame(
        &mut self,
        script: &mut Script,
        frames: usize,
    ) -> Result<(), Stop> {
        let births = frames * self.births;
        script.hold(births, births * PARTICLE_BYTES)?;
        let before = self.world.particles.len();
        for _ in 0..frames {
            let value = || Counted::new(&self.tally, ());
            self.feed.frame(&mut self.world, self.births, value);
        }
        let gone = before + births - self.world.particles.len();
        script.release(gone, gone * PARTICLE_BYTES);
        Ok(())
    }

    fn place(
        &mut self,
        script: &Script,
        side: Side,
        line: &Line,
        out: &Out,
    ) -> Result<(), Stop> {
        if self.book.waiting() == MAX_ORDERS {
            return Err(
                script.refuse(format!("more than {MAX_ORDERS} orders wait"))
            );
        }
        let (price, quantity) = (line.signed(0), line.signed(1));
        self.placed.push((side, price));
        let id = self.placed.len() as i64;
        let order = Order {
            id,
            price,
            quantity,
        };
        let left = self.book.place(side, order);
        for trade in &self.book.trades {
            out.line(format_args!(
                "{} at {} with order {}",
                trade.quantity, trade.price, trade.id
            ));
        }
        self.total.take(&mut self.book);
        out.line(format_args!("order {id}: {left} left"));
        Ok(())
    }

    /// The best prices of both sides meet in the middle.
    fn tell_book(&self, depth: usize, out: &Out) {
        let show = |side: &str, o: &Order| {
            out.line(format_args!(
                "{side} {} at {}, order {}",
                o.quantity, o.price, o.id
            ));
        };
        let sells: Vec<_> = self.book.orders(Side::Sell).take(depth).collect();
        sells
            .into_iter()
            .rev()
            .for_each(|order| show("sell", order));
        self.book
            .orders(Side::Buy)
            .take(depth)
            .for_each(|order| show("buy", order));
        out.line(format_args!("{} orders wait", self.book.waiting()));
    }
}

/// What was traded in all.
#[derive(Default)]
struct Total {
    trades: usize,
    quantity: i64,
    cost: i64,
}

impl Total {
    /// Adds the book's new trades, and takes them.
    fn take(&mut self, book: &mut Book) {
        for trade in std::mem::take(&mut book.trades) {
            self.trades += 1;
            self.quantity += trade.quantity;
            self.cost = self.cost.wrapping_add(trade.price * trade.quantity);
        }
    }
}

impl std::fmt::Display for Total {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} trades, {} moved for {}",
            self.trades, self.quantity, self.cost
        )
    }
}

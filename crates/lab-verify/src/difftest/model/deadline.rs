use super::{End, Line, Model, Values, World, numbered, refused, some};

const PARTICLE: u64 = 384;
const WAITING: usize = 10_000;

/// A market cancels an order that still waits after this many later orders.
const MAX_WAIT: i64 = 1000;

/// Particles, and a book of orders that is looked through for each trade.
#[derive(Clone, Default)]
pub struct Desk {
    births: Option<u64>,
    lots: Option<Lots>,
    particles: Vec<Particle>,
    made: usize,
    book: Book,
    placed: i64,
}

#[derive(Clone)]
struct Lots(u64);

impl Lots {
    fn below(&mut self, limit: u64) -> i64 {
        let state = u128::from(self.0) * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407;
        self.0 = state as u64;
        ((self.0 >> 33) % limit) as i64
    }
}

#[derive(Clone)]
struct Particle {
    trail: Vec<i64>,
    speed: i64,
    life: usize,
    number: usize,
}

#[derive(Clone, Copy)]
struct Order {
    id: i64,
    buys: bool,
    price: i64,
    left: i64,
}

impl Order {
    /// Sort key; the smallest trades next: the best price, then the oldest.
    fn turn(&self) -> (i64, i64) {
        let price = if self.buys { -self.price } else { self.price };
        (price, self.id)
    }
}

#[derive(Clone, Default)]
struct Book {
    /// Orders that sell, and orders that buy.
    waiting: [Vec<Order>; 2],
    trades: usize,
    moved: i64,
    cost: i64,
}

impl Book {
    /// Trades an order; the rest of it waits. Returns the rest, and the quantity that was traded with each order.
    fn place(&mut self, mut order: Order) -> (i64, Vec<Order>) {
        let mut trades = Vec::new();
        while order.left > 0 {
            let others = &mut self.waiting[usize::from(!order.buys)];
            let best = others.iter().min_by_key(|order| order.turn()).copied();
            let agree = |best: &Order| {
                if order.buys {
                    best.price <= order.price
                } else {
                    best.price >= order.price
                }
            };
            let Some(best) = best.filter(agree) else {
                break;
            };
            let quantity = order.left.min(best.left);
            order.left -= quantity;
            for waiting in others.iter_mut().filter(|order| order.id == best.id) {
                waiting.left -= quantity;
            }
            others.retain(|waiting| waiting.left > 0);
            self.trades += 1;
            self.moved += quantity;
            self.cost += quantity * best.price;
            trades.push(Order {
                left: quantity,
                ..best
            });
        }
        if order.left > 0 {
            self.waiting[usize::from(order.buys)].push(order);
        }
        (order.left, trades)
    }

    fn cancel(&mut self, id: i64) -> Option<Order> {
        let cancel = |side: &mut Vec<Order>| {
            let place = side.iter().position(|order| order.id == id)?;
            Some(side.remove(place))
        };
        self.waiting.iter_mut().find_map(cancel)
    }

    /// The orders of a side, the next to trade first.
    fn sorted(&self, buys: bool) -> Vec<Order> {
        let mut orders = self.waiting[usize::from(buys)].clone();
        orders.sort_by_key(Order::turn);
        orders
    }

    fn count(&self) -> usize {
        self.waiting.iter().map(Vec::len).sum()
    }

    /// Prints the best orders of both sides, and the number of all.
    fn show(&self, depth: usize, world: &mut World) {
        let say = |world: &mut World, side, o: &Order| {
            world.say(format!("{side} {} at {}, order {}", o.left, o.price, o.id));
        };
        for order in self.sorted(false).iter().take(depth).rev() {
            say(world, "sell", order);
        }
        for order in self.sorted(true).iter().take(depth) {
            say(world, "buy", order);
        }
        world.say(format!("{} orders wait", self.count()));
    }

    fn total(&self) -> String {
        format!(
            "{} trades, {} moved for {}",
            self.trades, self.moved, self.cost
        )
    }
}

impl Desk {
    /// Shows this number of frames, each with its new particles.
    fn frames(&mut self, count: u64, world: &mut World) -> Result<(), End> {
        let births = self.births.unwrap_or(10);
        let all = count * births;
        world.hold(all, all * PARTICLE)?;
        let before = self.particles.len() as u64;
        for _ in 0..count {
            self.frame(births);
        }
        let gone = before + all - self.particles.len() as u64;
        world.release(gone, gone * PARTICLE);
        Ok(())
    }

    fn frame(&mut self, births: u64) {
        let lots = self.lots.get_or_insert(Lots(1));
        for _ in 0..births {
            let life = 32 - lots.below(16) as usize;
            let speed = lots.below(128);
            self.particles.push(Particle {
                trail: Vec::new(),
                speed,
                life,
                number: self.made + 1,
            });
            self.made += 1;
        }
        for particle in &mut self.particles {
            particle.speed -= 4;
            let height = particle.trail.last().unwrap_or(&0) + particle.speed;
            particle.trail.push(height.max(0));
        }
        self.particles
            .retain(|particle| particle.trail.len() < particle.life);
    }

    /// Places an order of a script, and prints its trades.
    fn order(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        if self.book.count() == WAITING {
            return refused(format!("more than {WAITING} orders wait"));
        }
        self.placed += 1;
        let (left, trades) = self.book.place(Order {
            id: self.placed,
            buys: line.word == "buy",
            price: line.numbers[0],
            left: line.numbers[1],
        });
        for trade in trades {
            let Order {
                id, price, left, ..
            } = trade;
            world.say(format!("{left} at {price} with order {id}"));
        }
        world.say(format!("order {}: {left} left", self.placed));
        Ok(())
    }

    fn checksum(&self) -> i64 {
        let points = self.particles.iter().flat_map(|particle| &particle.trail);
        points.fold(0, |sum: i64, height| {
            sum.wrapping_mul(31).wrapping_add(*height)
        })
    }
}

/// A market of random orders, with a book of its own.
fn market(line: &Line, world: &mut World) -> Result<(), End> {
    // Each trade looks through all orders that wait.
    if line.whole(0) > 5000 {
        return Err(End::Beyond);
    }
    let (mut lots, mut book) = (Lots(line.whole(1)), Book::default());
    for id in 0..line.numbers[0] {
        book.cancel(id - MAX_WAIT);
        let (buys, price) = (lots.below(2) == 0, 968 + lots.below(64));
        let left = 1 + lots.below(100);
        book.place(Order {
            id,
            buys,
            price,
            left,
        });
    }
    let (orders, waiting) = (line.numbers[0], book.count());
    world.say(format!("{orders} orders: {}, {waiting} wait", book.total()));
    Ok(())
}

impl Model for Desk {
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        match line.word {
            "births" => self.births = Some(line.whole(0)),
            "frame" => self.frames(line.whole(0), world)?,
            "particles" => {
                let (flying, sum) = (self.particles.len(), self.checksum());
                world.say(format!("{flying} particles, checksum {sum}"));
            }
            "settle" => {}
            "alive" => world.say(format!("{} alive", self.particles.len())),
            "freed" => world.say(format!("{} freed", self.made - self.particles.len())),
            "buy" | "sell" => self.order(line, world)?,
            "cancel" => match self.book.cancel(line.numbers[0]) {
                Some(order) => world.say(format!("cancelled {}", order.left)),
                None => return refused(format!("order {} does not wait", line.numbers[0])),
            },
            "book" => self.book.show(line.whole(0) as usize, world),
            "trades" => world.say(self.book.total()),
            "market" => market(line, world)?,
            _ => return Err(End::Unknown),
        }
        Ok(())
    }

    fn values(&self) -> Option<Values> {
        let living = self.particles.iter().map(|particle| particle.number);
        numbered(self.made, living)
    }

    fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        match (word, place) {
            ("cancel", 0) => some(self.book.waiting.iter().flatten().map(|order| order.id)),
            // Few prices, so that orders meet.
            ("buy" | "sell", 0) => some(98..=102),
            _ => Vec::new(),
        }
    }
}

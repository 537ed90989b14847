// Twin: go/deadline/deadline.go

//! A frame loop and an order book, both with a deadline.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod levels;

use levels::Levels;

/// A particle flies, lands and leaves a trail for as long as it lives.
pub struct Particle<T> {
    /// The value that it carries.
    pub value: T,
    /// Its height in every frame until now.
    pub trail: Vec<i64>,
    height: i64,
    speed: i64,
    life: usize,
}

/// A world of particles that moves in fixed steps of whole numbers.
pub struct World<T> {
    /// The particles that live, the oldest first.
    pub particles: Vec<Particle<T>>,
    spare: Vec<Vec<i64>>,
    keep: bool,
}

impl<T> World<T> {
    /// An empty world; it may keep the memory of what it releases.
    pub fn new(keep: bool) -> Self {
        World {
            particles: Vec::new(),
            spare: Vec::new(),
            keep,
        }
    }

    /// Adds a particle on the ground that lives for this many frames; a life
    /// below one is one.
    pub fn spawn(&mut self, value: T, speed: i64, life: usize) {
        let life = life.max(1);
        let trail = self.spare.pop();
        self.particles.push(Particle {
            value,
            trail: trail.unwrap_or_else(|| Vec::with_capacity(life)),
            height: 0,
            speed,
            life,
        });
    }

    /// Moves every particle by one frame.
    pub fn step(&mut self) {
        const GRAVITY: i64 = 4;
        for particle in &mut self.particles {
            // Wrapping, as Go's numbers always are.
            particle.speed = particle.speed.wrapping_sub(GRAVITY);
            let height = particle.height.wrapping_add(particle.speed);
            particle.height = height.max(0);
            particle.trail.push(particle.height);
        }
    }

    /// Removes every particle whose time is over.
    pub fn release(&mut self) {
        let over = |p: &mut Particle<T>| p.trail.len() >= p.life;
        // A trail that is not kept is freed here, on the frame's own time.
        for mut particle in self.particles.extract_if(.., over) {
            if self.keep {
                particle.trail.clear();
                self.spare.push(particle.trail);
            }
        }
    }
}

/// A side of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Who buys: the highest price comes first.
    Buy,
    /// Who sells: the lowest price comes first.
    Sell,
}

/// An order, or a trade: the part of an order that was filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Its number, higher than that of any earlier order.
    pub id: i64,
    /// The worst price that it accepts.
    pub price: i64,
    /// How much is to be traded, or was.
    pub quantity: i64,
}

/// A book of orders: the best price trades first, then the oldest order.
pub struct Book {
    /// The parts of waiting orders that were filled until now.
    pub trades: Vec<Order>,
    // A heap of prices, and a queue of orders for each: see levels.rs.
    sides: [Levels; 2],
}

impl Book {
    /// An empty book; it may keep the memory of emptied prices.
    pub fn new(keep: bool) -> Self {
        Book {
            trades: Vec::new(),
            sides: [Levels::new(keep), Levels::new(keep)],
        }
    }

    /// Trades what can be traded at once, and returns the rest, which waits.
    ///
    /// An order of no quantity does nothing. One that waits panics if its
    /// number is not higher than those that wait at its price.
    pub fn place(&mut self, side: Side, mut order: Order) -> i64 {
        let rank = rank(side, order.price);
        let others = &mut self.sides[1 - side as usize];
        others.fill(&mut order, !rank, &mut self.trades);
        if order.quantity > 0 {
            self.sides[side as usize].add(rank, order);
        }
        order.quantity
    }

    /// Cancels an order, and returns how much of it was left.
    pub fn cancel(&mut self, side: Side, price: i64, id: i64) -> Option<i64> {
        self.sides[side as usize].cancel(rank(side, price), id)
    }

    /// The number of orders that wait.
    pub fn waiting(&self) -> usize {
        self.sides.iter().map(Levels::waiting).sum()
    }

    /// The orders of a side, in the order in which they will trade.
    pub fn orders(&self, side: Side) -> impl Iterator<Item = &Order> {
        self.sides[side as usize].orders()
    }
}

/// The place of a price among those of its side: the best is the lowest. Not
/// `-price`: the lowest number of all has no opposite.
fn rank(side: Side, price: i64) -> i64 {
    match side {
        Side::Buy => !price,
        Side::Sell => price,
    }
}

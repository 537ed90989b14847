// Twin: go/deadline/deadline.go

//! A frame loop and an order book, both with a deadline.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, VecDeque};

/// A particle flies, lands and leaves a trail for as long as it lives.
pub struct Particle<T> {
    /// What it carries.
    pub value: T,
    /// Its height in every frame until now.
    pub trail: Vec<i64>,
    height: i64,
    speed: i64,
    life: usize,
}

/// A world of particles that moves in fixed steps of whole numbers.
pub struct World<T> {
    /// The particles that live, the eldest first.
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

    /// Adds a particle on the ground that lives for so many frames.
    pub fn spawn(&mut self, value: T, speed: i64, life: usize) {
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
            particle.speed -= GRAVITY;
            particle.height = (particle.height + particle.speed).max(0);
            particle.trail.push(particle.height);
        }
    }

    /// Lets go of every particle whose time is over.
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
    sides: [BTreeMap<i64, VecDeque<Order>>; 2],
    keep: bool,
}

impl Book {
    /// An empty book; it may keep the memory of emptied prices.
    pub fn new(keep: bool) -> Self {
        Book {
            trades: Vec::new(),
            sides: [BTreeMap::new(), BTreeMap::new()],
            keep,
        }
    }

    /// Trades what can be traded at once, and lets the rest wait.
    pub fn place(&mut self, side: Side, mut order: Order) {
        let rank = rank(side, order.price);
        let others = &mut self.sides[1 - side as usize];
        for (_, level) in others.range_mut(..=-rank) {
            fill(level, &mut order, &mut self.trades);
            if level.is_empty() && !self.keep {
                *level = VecDeque::new();
            }
        }
        if order.quantity > 0 {
            let level = self.sides[side as usize].entry(rank);
            level.or_default().push_back(order);
        }
    }

    /// Takes an order away, and returns how much of it was left.
    pub fn cancel(&mut self, side: Side, price: i64, id: i64) -> Option<i64> {
        let level = self.sides[side as usize].get_mut(&rank(side, price))?;
        let place = level.iter().position(|order| order.id == id)?;
        Some(level.remove(place)?.quantity)
    }

    /// The orders of a side, in the order in which they will trade.
    pub fn orders(&self, side: Side) -> impl Iterator<Item = &Order> {
        self.sides[side as usize].values().flatten()
    }
}

/// The place of a price among those of its side: the best is the lowest.
fn rank(side: Side, price: i64) -> i64 {
    match side {
        Side::Buy => -price,
        Side::Sell => price,
    }
}

fn fill(level: &mut VecDeque<Order>, order: &mut Order, done: &mut Vec<Order>) {
    while order.quantity > 0
        && let Some(maker) = level.front_mut()
    {
        let quantity = order.quantity.min(maker.quantity);
        order.quantity -= quantity;
        maker.quantity -= quantity;
        done.push(Order { quantity, ..*maker });
        if maker.quantity == 0 {
            level.pop_front();
        }
    }
}

// Twin: go/deadline/levels.go

//! One side of a book: its prices in a heap and a map, their orders in queues.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, VecDeque},
    mem,
};

use crate::Order;

/// The orders of a side by the rank of their price; the lowest rank is the best price.
#[derive(Default)]
pub(crate) struct Levels {
    /// The rank of every level; that of an emptied one stays for a while.
    ranks: BinaryHeap<Reverse<i64>>,
    by_rank: HashMap<i64, Level>,
    /// The queues of emptied levels, if their memory is kept.
    spare: Vec<VecDeque<Order>>,
    keep: bool,
    waiting: usize,
    /// How many orders and ranks were looked at: what the book costs, without a clock.
    steps: usize,
}

/// The orders at one price, the oldest first. One that was cancelled has no quantity, and stays for a while.
struct Level {
    orders: VecDeque<Order>,
    waiting: usize,
}

impl Levels {
    pub fn new(keep: bool) -> Self {
        Levels {
            keep,
            ..Levels::default()
        }
    }

    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Lets an order wait.
    pub fn add(&mut self, rank: i64, order: Order) {
        let level = self.by_rank.entry(rank).or_insert_with(|| {
            self.ranks.push(Reverse(rank));
            let orders = self.spare.pop().unwrap_or_default();
            Level { orders, waiting: 0 }
        });
        let last = level.orders.back();
        assert!(
            last.is_none_or(|last| last.id < order.id),
            "an order's number has to be higher than those before it"
        );
        level.orders.push_back(order);
        level.waiting += 1;
        self.waiting += 1;
        self.steps += 1;
    }

    /// Trades an order with those that wait, the best rank first, up to this rank.
    pub fn fill(
        &mut self,
        order: &mut Order,
        worst: i64,
        trades: &mut Vec<Order>,
    ) {
        while order.quantity > 0
            && let Some(rank) = self.best()
            && rank <= worst
            && let Some(level) = self.by_rank.get_mut(&rank)
        {
            let (waiting, length) = (level.waiting, level.orders.len());
            level.fill(order, trades);
            self.waiting -= waiting - level.waiting;
            self.steps += 1 + length - level.orders.len();
            self.tidy(rank);
        }
    }

    /// Takes an order away, and returns how much of it was left.
    pub fn cancel(&mut self, rank: i64, id: i64) -> Option<i64> {
        let level = self.by_rank.get_mut(&rank)?;
        let place = level.orders.binary_search_by_key(&id, |o| o.id).ok()?;
        let left = mem::take(&mut level.orders[place].quantity);
        if left == 0 {
            return None;
        }
        level.waiting -= 1;
        self.waiting -= 1;
        self.steps += 1;
        self.tidy(rank);
        Some(left)
    }

    /// The orders, in the order in which they will trade.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        let mut levels: Vec<_> = self.by_rank.iter().collect();
        levels.sort_by_key(|(rank, _)| *rank);
        let orders = levels.into_iter().flat_map(|(_, level)| &level.orders);
        orders.filter(|order| order.quantity > 0)
    }

    /// The lowest rank that has a level.
    fn best(&mut self) -> Option<i64> {
        while let Some(&Reverse(rank)) = self.ranks.peek() {
            if self.by_rank.contains_key(&rank) {
                return Some(rank);
            }
            self.ranks.pop();
            self.steps += 1;
        }
        None
    }

    /// Removes a level that is empty. What is gone is swept out once it is more than what is left, so that
    /// a sweep costs no more than what it takes out.
    fn tidy(&mut self, rank: i64) {
        let Some(level) = self.by_rank.get_mut(&rank) else {
            return;
        };
        if level.waiting == 0 {
            if let Some(mut level) = self.by_rank.remove(&rank)
                && self.keep
            {
                level.orders.clear();
                self.spare.push(level.orders);
            }
        } else if level.orders.len() > 2 * level.waiting {
            self.steps += level.orders.len();
            level.orders.retain(|order| order.quantity > 0);
        } else {
            // What was cancelled behind the last one that waits holds no number back.
            while level.orders.pop_back_if(|o| o.quantity == 0).is_some() {}
        }
        if self.ranks.len() > 2 * self.by_rank.len() {
            self.steps += self.ranks.len();
            self.ranks.clear();
            self.ranks.extend(self.by_rank.keys().copied().map(Reverse));
        }
    }
}

impl Level {
    fn fill(&mut self, order: &mut Order, trades: &mut Vec<Order>) {
        while order.quantity > 0
            && let Some(maker) = self.orders.front_mut()
        {
            let quantity = order.quantity.min(maker.quantity);
            if quantity > 0 {
                trades.push(Order { quantity, ..*maker });
                self.waiting -= usize::from(quantity == maker.quantity);
            }
            order.quantity -= quantity;
            maker.quantity -= quantity;
            if maker.quantity == 0 {
                self.orders.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(id: i64) -> Order {
        Order {
            id,
            price: 1,
            quantity: 1,
        }
    }

    type Act = fn(&mut Levels, i64);

    /// How many steps it takes to do something with this many orders; nothing may be left.
    fn steps(act: Act, count: i64) -> usize {
        let mut levels = Levels::new(false);
        act(&mut levels, count);
        assert_eq!(levels.waiting(), 0);
        assert!(levels.by_rank.is_empty());
        assert!(levels.ranks.len() <= 1, "{} ranks", levels.ranks.len());
        levels.steps
    }

    #[test]
    fn ten_times_as_many_orders_take_ten_times_as_many_steps() {
        let acts: [(&str, Act); 7] = [
            ("one price, traded by one", |levels, count| {
                (0..count).for_each(|id| levels.add(1, order(id)));
                let mut all = order(count);
                all.quantity = count;
                levels.fill(&mut all, 1, &mut Vec::new());
            }),
            ("one price, traded one by one", |levels, count| {
                (0..count).for_each(|id| levels.add(1, order(id)));
                (0..count).for_each(|id| {
                    levels.fill(&mut order(id), 1, &mut Vec::new());
                });
            }),
            ("one price, cancelled oldest first", |levels, count| {
                (0..count).for_each(|id| levels.add(1, order(id)));
                (0..count)
                    .for_each(|id| assert_eq!(levels.cancel(1, id), Some(1)));
            }),
            ("one price, cancelled newest first", |levels, count| {
                (0..count).for_each(|id| levels.add(1, order(id)));
                (0..count)
                    .rev()
                    .for_each(|id| assert_eq!(levels.cancel(1, id), Some(1)));
            }),
            ("prices used and cancelled, one stays", |levels, count| {
                levels.add(0, order(-1));
                for id in 0..count {
                    levels.add(1 + id, order(id));
                    assert_eq!(levels.cancel(1 + id, id), Some(1));
                }
                assert_eq!(levels.cancel(0, -1), Some(1));
            }),
            ("all prices, then cancelled worst first", |levels, count| {
                (0..count).for_each(|id| levels.add(id, order(id)));
                (0..count)
                    .rev()
                    .for_each(|id| assert_eq!(levels.cancel(id, id), Some(1)));
            }),
            ("one price again and again, one stays", |levels, count| {
                levels.add(0, order(-1));
                for id in 0..count {
                    levels.add(1, order(id));
                    assert_eq!(levels.cancel(1, id), Some(1));
                }
                assert_eq!(levels.cancel(0, -1), Some(1));
            }),
        ];
        for (name, act) in acts {
            let few = steps(act, 10_000);
            assert!((10_000..=60_000).contains(&few), "{name}: {few} steps");
            let many = steps(act, 100_000);
            assert!(many <= 11 * few, "{name}: {few} steps, then {many}");
        }
    }

    #[test]
    fn what_is_cancelled_does_not_pile_up_behind_one_that_stays() {
        let mut levels = Levels::new(false);
        levels.add(0, order(0));
        for id in 1..=1000 {
            levels.add(0, order(id));
            levels.add(id, order(id));
            levels.cancel(0, id);
            levels.cancel(id, id);
            assert!(levels.by_rank[&0].orders.len() <= 2);
            assert!(levels.ranks.len() <= 3);
        }
        let left: Vec<_> = levels.orders().map(|order| order.id).collect();
        assert_eq!(left, [0]);
    }

    #[test]
    fn what_is_cancelled_between_two_that_stay_does_not_pile_up() {
        let mut levels = Levels::new(false);
        levels.add(0, order(0));
        levels.add(0, order(1));
        for id in 2..=1000 {
            levels.add(0, order(id));
            levels.cancel(0, id - 1);
            assert!(levels.by_rank[&0].orders.len() <= 4);
        }
        let left: Vec<_> = levels.orders().map(|order| order.id).collect();
        assert_eq!(left, [0, 1000]);
    }
}

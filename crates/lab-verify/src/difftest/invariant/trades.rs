//! Trades of orders: a buyer gets what a seller gives, and no order trades more than it has.

use super::{Broken, Seen, number, value};

/// The rest of each order, and the total of all trades.
struct Book<'a> {
    left: Vec<i64>,
    placed: Box<dyn Iterator<Item = i64> + 'a>,
    cancelled: Box<dyn Iterator<Item = i64> + 'a>,
    total: [i64; 3],
    /// The amount that the next order has traded already.
    taken: i64,
}

impl Book<'_> {
    fn left(&mut self, order: i64) -> Result<&mut i64, String> {
        let place = usize::try_from(order - 1).ok();
        let left = place.and_then(|place| self.left.get_mut(place));
        left.ok_or_else(|| format!("order {order} was never placed"))
    }

    fn line(&mut self, line: &str) -> Broken {
        if let Some((quantity, price, maker)) = trade(line) {
            *self.left(maker)? -= quantity;
            if *self.left(maker)? < 0 || quantity < 1 {
                return Err(format!("order {maker} trades no more than it has: {line}"));
            }
            self.taken += quantity;
            let more = [1, quantity, quantity.wrapping_mul(price)];
            for (sum, more) in self.total.iter_mut().zip(more) {
                *sum = sum.wrapping_add(more);
            }
        } else if let Some(id) = number(line, "order ", ": ") {
            let placed = self.placed.next().unwrap_or_default();
            self.left.push(placed - self.taken);
            self.taken = 0;
            let expected = self.left(id)?;
            if line != format!("order {id}: {expected} left") || *expected < 0 {
                return Err(format!("of order {id} {expected} are left: {line}"));
            }
        } else if let Some(printed) = number(line, "cancelled ", "") {
            let id = self.cancelled.next().unwrap_or_default();
            let left = std::mem::take(self.left(id)?);
            if left != printed {
                return Err(format!("{left} of order {id} waited: {line}"));
            }
        } else if let Some((_, id)) = line.split_once(", order ") {
            let id = id.parse().unwrap_or_default();
            let left = *self.left(id)?;
            let printed = line.split(' ').nth(1).and_then(|word| word.parse().ok());
            if printed != Some(left) || left == 0 {
                return Err(format!("of order {id} {left} wait: {line}"));
            }
        } else if let Some(printed) = number(line, "", " orders wait") {
            let waiting = self.left.iter().filter(|left| **left > 0).count();
            if printed != waiting as i64 {
                return Err(format!("{waiting} orders wait: {line}"));
            }
        } else if let Some(orders) = number(line, "", " orders: ") {
            market(orders, line)?;
        } else if number(line, "", " trades, ").is_some() {
            let [trades, moved, cost] = self.total;
            let expected = format!("{trades} trades, {moved} moved for {cost}");
            if line != expected {
                return Err(format!("there were {expected}: {line}"));
            }
        }
        Ok(())
    }
}

/// A placed amount is traded, waits, or is cancelled.
pub fn check(seen: &Seen) -> Broken {
    let places = |line: &&Vec<&str>| matches!(line[0], "buy" | "sell");
    let mut book = Book {
        left: Vec::new(),
        placed: Box::new(seen.lines.iter().filter(places).map(|line| value(line, 2))),
        cancelled: Box::new(seen.lines_of("cancel").map(|line| value(line, 1))),
        total: [0; 3],
        taken: 0,
    };
    seen.printed.iter().try_for_each(|line| book.line(line))
}

fn trade(line: &str) -> Option<(i64, i64, i64)> {
    let quantity = number(line, "", " at ")?;
    let (rest, maker) = line.split_once(" with order ")?;
    let (_, price) = rest.split_once(" at ")?;
    Some((quantity, price.parse().ok()?, maker.parse().ok()?))
}

/// Random orders of 1 to 100 at 968 to 1031: each trade fills an order, and the others wait.
fn market(orders: i64, line: &str) -> Broken {
    let words: Vec<i64> = line
        .split([' ', ','])
        .filter_map(|word| word.parse().ok())
        .collect();
    let [_, trades, moved, cost, wait] = words[..] else {
        return Err(format!("a market tells five numbers: {line}"));
    };
    let sound = trades + wait <= orders
        && (trades..=trades * 100).contains(&moved)
        && 2 * moved <= orders * 100
        && (moved * 968..=moved * 1031).contains(&cost);
    if sound {
        return Ok(());
    }
    Err(format!(
        "{orders} orders can neither trade nor wait like this: {line}"
    ))
}

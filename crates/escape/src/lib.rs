// Twin: go/escape/escape.go

//! Values that end with their function, or outlive it.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use std::{any::Any, collections::HashSet, thread};

/// A number by value.
pub fn local(n: i64) -> i64 {
    let mut x = n;
    x += 1;
    x
}

/// A number by its address.
pub fn heap(n: i64) -> Box<i64> {
    let x = n + 1;
    // `&x` would not compile: x ends here.
    Box::new(x)
}

/// A number that was behind an address for a moment.
pub fn fleeting(n: i64) -> i64 {
    // The optimiser may see through it, and remove the box.
    *heap(n)
}

/// A number after it was lent to another function.
pub fn lent(n: i64) -> i64 {
    let mut x = n;
    increment(&mut x);
    x
}

/// A function that counts on from a number.
pub fn counter(mut n: i64) -> impl FnMut() -> i64 {
    // The number moves into the function, and the function to the caller.
    move || {
        n += 1;
        n
    }
}

/// Something with an area.
pub trait Shape {
    /// How large it is.
    fn area(&self) -> i64;
}

/// A shape with four equal sides.
pub struct Square {
    /// The length of a side.
    pub side: i64,
}

impl Shape for Square {
    /// The square of its side.
    fn area(&self) -> i64 {
        self.side * self.side
    }
}

/// A shape of which only the area is known.
pub fn any_shape(side: i64) -> Box<dyn Shape> {
    Box::new(Square { side })
}

/// The area of any shape.
#[inline(never)]
pub fn area_of(shape: &dyn Shape) -> i64 {
    shape.area()
}

/// The area of a local that was lent as any shape.
pub fn measured(side: i64) -> i64 {
    let square = Square { side };
    // The type says that it is only lent: it stays where it is.
    area_of(&square)
}

/// A number as a value of any type.
pub fn any_value(n: i64) -> Box<dyn Any> {
    Box::new(n)
}

/// The sum of eight numbers from n on.
pub fn known(n: i64) -> i64 {
    // An array; vec! would ask for heap.
    let mut s = [0; 8];
    fill(&mut s, n)
}

/// The sum of the first numbers, as many as the caller likes.
pub fn unknown(count: usize) -> i64 {
    let mut s = vec![0; count];
    fill(&mut s, 0)
}

/// The sum of the first numbers, appended one after the other.
pub fn grown(count: usize) -> i64 {
    let mut s = Vec::new();
    for i in 0..count {
        s.push(i as i64);
    }
    s.iter().sum()
}

/// How many squares modulo a thousand the first numbers have.
pub fn table(count: usize) -> usize {
    let mut seen = HashSet::new();
    for i in 0..count {
        seen.insert(i * i % 1000);
    }
    seen.len()
}

/// A number with a word before it.
pub fn joined(n: i64) -> String {
    format!("number {n}")
}

/// Eight numbers from n on, copied.
pub fn copied(n: i64) -> Vec<i64> {
    let mut s = [0; 8];
    fill(&mut s, n);
    s.to_vec()
}

/// A number that was computed at the same time.
pub fn spawned(n: i64) -> i64 {
    let worker = thread::spawn(move || n + 1);
    worker.join().expect("it does not panic")
}

#[inline(never)]
fn increment(x: &mut i64) {
    *x += 1;
}

/// Writes numbers from first on, and returns their sum.
#[inline(never)]
fn fill(s: &mut [i64], first: i64) -> i64 {
    let mut sum = 0;
    for (number, place) in (first..).zip(s) {
        *place = number;
        sum += number;
    }
    sum
}

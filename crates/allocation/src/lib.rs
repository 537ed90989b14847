// Twin: go/allocation/allocation.go

//! Short-lived slices that a compiler may see through.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use std::hint::black_box;

/// The number of integers in each of the article's slices.
pub const LENGTH: usize = 100;

/// Makes slices as the article does: nothing uses them.
pub fn as_written(count: i64) {
    for _ in 0..count {
        // These are i32 by inference: half as many bytes as Go's int.
        let _s = vec![0; 100];
    }
}

/// Makes slices that the compiler may remove: it sees their use.
pub fn removable(count: i64, length: usize) -> i64 {
    let mut sum = 0;
    for i in 0..count {
        // Gone with its allocation, whether the length is known or not.
        sum += touch(&mut vec![0; length], i);
    }
    sum
}

/// Makes slices for a function that looks at them and keeps none.
pub fn observed(count: i64, length: usize) -> i64 {
    let mut sum = 0;
    for i in 0..count {
        // On the heap: a Vec never moves to the stack, however small it is.
        sum += touch_unseen(&mut vec![0; length], i);
    }
    sum
}

/// Makes slices that other code could keep, so they need the heap.
pub fn escaping(count: i64, length: usize) -> i64 {
    let mut sum = 0;
    for i in 0..count {
        let mut s = vec![0; length];
        sum += touch(&mut s, i);
        // Freed here, each before the next one is made.
        black_box(s);
    }
    sum
}

/// Writes the first element and reads it back; the length is added.
fn touch(s: &mut [i64], value: i64) -> i64 {
    if s.is_empty() {
        return 0;
    }
    s[0] = value;
    s.len() as i64 + s[0]
}

/// Does the same where the caller's compiler cannot see it.
#[inline(never)]
fn touch_unseen(s: &mut [i64], value: i64) -> i64 {
    touch(s, value)
}

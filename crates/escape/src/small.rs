// Twin: go/escape/small.go

//! What small vectors allocate: always one block, however few numbers they hold.

use escape::unknown;
use pair::Facts;

use crate::count::allocations_of;

/// Tells what vectors of at most 32 bytes allocate.
pub fn small_slices(facts: &mut Facts, calls: usize) {
    let mut tell = |what: &str, allocations: &dyn Fn(usize) -> usize| {
        let each: Vec<_> = (1..=4)
            .map(|count| allocations(count).to_string())
            .collect();
        facts.add(
            format_args!("allocations of {calls} calls, 1 to 4 numbers {what}"),
            each.join(", "),
        );
    };
    tell("appended", &|count| allocations_of(calls, appended, count));
    tell("appended and returned", &|count| {
        allocations_of(calls, returned, count)
    });
    tell("in a slice of that length", &|count| {
        allocations_of(calls, unknown, count)
    });
}

/// The sum of the first numbers, appended one by one to a vector that ends here.
fn appended(count: usize) -> i64 {
    returned(count).iter().sum()
}

/// The first numbers, appended one by one.
fn returned(count: usize) -> Vec<i64> {
    let mut s = Vec::new();
    for i in 0..count {
        s.push(i as i64);
    }
    s
}

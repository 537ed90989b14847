// Twin: go/escape/contrast.go

//! The facts that differ.

use escape::{
    any_shape, any_value, copied, counter, fleeting, grown, heap, joined,
    known, lent, local, measured, spawned, table, unknown,
};
use pair::{Facts, Stop};

use crate::{count::allocations_of, small::small_slices};

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let calls = facts.count() / 10;
    let mut add = |what: &str, allocations: usize| {
        facts.add(
            format_args!("allocations of {calls} calls, {what}"),
            allocations,
        );
    };
    add("local", allocations_of(calls, local, 1000));
    add("heap", allocations_of(calls, heap, 1000));
    add("fleeting", allocations_of(calls, fleeting, 1000));
    add("lent", allocations_of(calls, lent, 1000));
    add("counter", allocations_of(calls, counter, 1000));
    add(
        "counter, copied into its caller",
        allocations_of(calls, |n| counter(n)(), 1000),
    );
    add("any_shape", allocations_of(calls, any_shape, 1000));
    add("measured", allocations_of(calls, measured, 1000));
    add("any_value of 7", allocations_of(calls, any_value, 7));
    add("any_value of 1000", allocations_of(calls, any_value, 1000));
    add("known", allocations_of(calls, known, 1000));
    add("unknown of 4", allocations_of(calls, unknown, 4));
    add("unknown of 1000", allocations_of(calls, unknown, 1000));
    add("grown of 4", allocations_of(calls, grown, 4));
    add("grown of 1000", allocations_of(calls, grown, 1000));
    add("table of 4", allocations_of(calls, table, 4));
    add("table of 1000", allocations_of(calls, table, 1000));
    add("joined", allocations_of(calls, joined, 1000));
    add("copied", allocations_of(calls, copied, 1000));
    add("spawned", allocations_of(calls, spawned, 1000));
    small_slices(facts, calls);
    facts.add("lines that allocated", "no profile tells them");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_follow_the_number_of_calls() {
        for calls in [7, 100] {
            let lines = Facts::collect(10 * calls, contrast).expect("facts");
            for (call, each) in
                [("local", 0), ("heap", 1), ("known", 0), ("copied", 1)]
            {
                let fact = format!(
                    "allocations of {calls} calls, {call}\t{}",
                    each * calls
                );
                assert!(lines.contains(&fact), "{fact} is not in {lines:#?}");
            }
            let each = vec![calls.to_string(); 4].join(", ");
            for what in [
                "appended",
                "appended and returned",
                "in a slice of that length",
            ] {
                let fact = format!(
                    "allocations of {calls} calls, 1 to 4 numbers {what}\t{each}"
                );
                assert!(lines.contains(&fact), "{fact} is not in {lines:#?}");
            }
        }
    }
}

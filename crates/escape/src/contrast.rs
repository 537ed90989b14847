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
    let mut tell = |what: &str, allocations: usize| {
        facts.add(
            format_args!("allocations of {calls} calls, {what}"),
            allocations,
        );
    };
    tell("local", allocations_of(calls, local, 1000));
    tell("heap", allocations_of(calls, heap, 1000));
    tell("fleeting", allocations_of(calls, fleeting, 1000));
    tell("lent", allocations_of(calls, lent, 1000));
    tell("counter", allocations_of(calls, counter, 1000));
    tell(
        "counter, copied into its caller",
        allocations_of(calls, |n| counter(n)(), 1000),
    );
    tell("any_shape", allocations_of(calls, any_shape, 1000));
    tell("measured", allocations_of(calls, measured, 1000));
    tell("any_value of 7", allocations_of(calls, any_value, 7));
    tell("any_value of 1000", allocations_of(calls, any_value, 1000));
    tell("known", allocations_of(calls, known, 1000));
    tell("unknown of 4", allocations_of(calls, unknown, 4));
    tell("unknown of 1000", allocations_of(calls, unknown, 1000));
    tell("grown of 4", allocations_of(calls, grown, 4));
    tell("grown of 1000", allocations_of(calls, grown, 1000));
    tell("table of 4", allocations_of(calls, table, 4));
    tell("table of 1000", allocations_of(calls, table, 1000));
    tell("joined", allocations_of(calls, joined, 1000));
    tell("copied", allocations_of(calls, copied, 1000));
    tell("spawned", allocations_of(calls, spawned, 1000));
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
            let told = Facts::told(10 * calls, contrast).expect("facts");
            for (call, each) in
                [("local", 0), ("heap", 1), ("known", 0), ("copied", 1)]
            {
                let fact = format!(
                    "allocations of {calls} calls, {call}\t{}",
                    each * calls
                );
                assert!(told.contains(&fact), "{fact} is not in {told:#?}");
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
                assert!(told.contains(&fact), "{fact} is not in {told:#?}");
            }
        }
    }
}

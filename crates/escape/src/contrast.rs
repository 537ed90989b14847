// Twin: go/escape/contrast.go

//! The facts that differ.

use std::hint::black_box;

use escape::{
    any_shape, any_value, copied, counter, fleeting, grown, heap, joined, known, lent, local,
    measured, spawned, table, unknown,
};
use pair::{Facts, Stop, heap::Heap};

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let mut tell = |what: &str, allocations: usize| {
        facts.add(&format!("allocations of a call, {what}"), allocations);
    };
    tell("local", per_call(local, 1000));
    tell("heap", per_call(heap, 1000));
    tell("fleeting", per_call(fleeting, 1000));
    tell("lent", per_call(lent, 1000));
    tell("counter", per_call(counter, 1000));
    tell(
        "counter, copied into its caller",
        per_call(|n| counter(n)(), 1000),
    );
    tell("any_shape", per_call(any_shape, 1000));
    tell("measured", per_call(measured, 1000));
    tell("any_value of 7", per_call(any_value, 7));
    tell("any_value of 1000", per_call(any_value, 1000));
    tell("known", per_call(known, 1000));
    tell("unknown of 4", per_call(unknown, 4));
    tell("unknown of 1000", per_call(unknown, 1000));
    tell("grown of 4", per_call(grown, 4));
    tell("grown of 1000", per_call(grown, 1000));
    tell("table of 4", per_call(table, 4));
    tell("table of 1000", per_call(table, 1000));
    tell("joined", per_call(joined, 1000));
    tell("copied", per_call(copied, 1000));
    tell("spawned", per_call(spawned, 1000));
    facts.add("lines that allocated", "no profile tells them");
    Ok(())
}

/// How many allocations a call makes; nothing is known of the function or of what it is given.
fn per_call<N: Copy, T>(call: fn(N) -> T, n: N) -> usize {
    const CALLS: usize = 100;
    let call = black_box(call);
    let before = Heap::now();
    for _ in 0..CALLS {
        black_box(call(black_box(n)));
    }
    Heap::now().since(before).allocations / CALLS
}

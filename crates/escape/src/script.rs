// Twin: go/escape/script.go

//! The demo and the operations of scripts.

use escape::{
    any_shape, any_value, copied, counter, fleeting, grown, heap, joined,
    known, lent, local, measured, spawned, table, unknown,
};
use pair::{Operand, Operation, Out, Part, Script, Stop, signed, whole};

use crate::count::allocations_of;

/// How many numbers a line may make, so that it is quick in either language.
const MAX_NUMBERS: usize = 1_000_000;

/// How many threads a line may start, one after the other.
const MAX_SPAWNED: i64 = 1000;

const NUMBER: &[Operand] = &[
    signed("VALUE", -1_000_000, 1_000_000),
    whole("TIMES", 1, 100_000),
];
const AMOUNT: &[Operand] =
    &[whole("COUNT", 0, 100_000), whole("TIMES", 1, 100_000)];
const WORKER: &[Operand] = &[
    signed("VALUE", -1_000_000, 1_000_000),
    whole("TIMES", 1, MAX_SPAWNED),
];

pub const OPERATIONS: &[Operation] = &[
    operation(
        "local",
        NUMBER,
        "adds up TIMES times VALUE + 1, which was returned by value",
    ),
    operation(
        "heap",
        NUMBER,
        "adds up TIMES times VALUE + 1, which was returned by its address",
    ),
    operation(
        "fleeting",
        NUMBER,
        "adds up TIMES times VALUE + 1, which was behind an address for a moment",
    ),
    operation(
        "lent",
        NUMBER,
        "adds up TIMES times VALUE + 1, which was lent to another function",
    ),
    operation(
        "counter",
        NUMBER,
        "makes one counter that starts at VALUE, counts TIMES times, and prints the last number",
    ),
    operation(
        "any_shape",
        NUMBER,
        "adds up the areas of TIMES squares with sides of VALUE",
    ),
    operation(
        "measured",
        NUMBER,
        "adds up the areas of TIMES such squares that were lent",
    ),
    operation(
        "any_value",
        NUMBER,
        "adds up TIMES times VALUE, which was a value of any type",
    ),
    operation(
        "known",
        NUMBER,
        "adds up TIMES slices of the eight numbers from VALUE on",
    ),
    operation("copied", NUMBER, "adds up TIMES copies of such slices"),
    operation(
        "joined",
        NUMBER,
        "joins the word number and VALUE TIMES times, and prints the last text",
    ),
    operation(
        "spawned",
        WORKER,
        "adds up TIMES times VALUE + 1, which somebody else computed",
    ),
    operation(
        "unknown",
        AMOUNT,
        "adds up TIMES slices of the COUNT numbers from 0 on; refused if COUNT * TIMES is more than 1000000",
    ),
    operation(
        "grown",
        AMOUNT,
        "adds up TIMES slices that grew to the COUNT numbers from 0 on, within the same limit",
    ),
    operation(
        "table",
        AMOUNT,
        "adds up the sizes of TIMES tables of the squares mod 1000 of the COUNT numbers from 0 on, within the same limit",
    ),
];

const fn operation(
    word: &'static str,
    operands: &'static [Operand],
    says: &'static str,
) -> Operation {
    Operation {
        word,
        operands,
        part: Part::None,
        says,
    }
}

pub fn demo(out: &Out) -> Result<(), Stop> {
    out.line(format_args!("local {}", local(41)));
    out.line(format_args!("heap {}", heap(41)));
    out.line(format_args!("fleeting {}", fleeting(41)));
    out.line(format_args!("lent {}", lent(41)));
    let mut next = counter(40);
    out.line(format_args!("counter {}, then {}", next(), next()));
    out.line(format_args!("any shape {}", any_shape(6).area()));
    out.line(format_args!("measured {}", measured(6)));
    out.line(format_args!("any value {}", number_of(42)));
    out.line(format_args!("known {}", known(1)));
    out.line(format_args!("unknown {}", unknown(1000)));
    out.line(format_args!("grown {}", grown(1000)));
    out.line(format_args!("table {}", table(1000)));
    out.line(format_args!("joined {}", joined(42)));
    out.line(format_args!("copied {}", copied(1).iter().sum::<i64>()));
    out.line(format_args!("spawned {}", spawned(41)));
    // Only here does it show where a value lives, of calls for which both compilers have one answer.
    let heap = [
        ("local", allocations_of(100, local, 1000)),
        ("heap", allocations_of(100, heap, 1000)),
        ("known", allocations_of(100, known, 1000)),
        ("unknown", allocations_of(100, unknown, 1000)),
        ("copied", allocations_of(100, copied, 1000)),
    ];
    let results = heap.map(|(call, made)| format!("{call} {made}"));
    out.line(format_args!(
        "on the heap, of 100 calls each: {}",
        results.join(", ")
    ));
    Ok(())
}

pub fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    while let Some(line) = script.read_line()? {
        let (n, times) = (line.signed(0), line.whole(1));
        let sized = matches!(line.word, "unknown" | "grown" | "table");
        if sized && line.whole(0) * times > MAX_NUMBERS {
            return Err(
                script.refuse(format!("more than {MAX_NUMBERS} numbers"))
            );
        }
        let result = repeat(script, line.word, n, times);
        out.line(format_args!("{} {result}", line.word));
    }
    Ok(())
}

/// Calls a function that many times and returns the sum of its results, or the last one.
fn repeat(script: &mut Script, word: &str, n: i64, times: usize) -> String {
    let mut add = |call: fn(i64) -> i64| {
        let sum = script.heap(|| (0..times).map(|_| call(n)).sum::<i64>());
        sum.to_string()
    };
    match word {
        "local" => add(local),
        "heap" => add(|n| *heap(n)),
        "fleeting" => add(fleeting),
        "lent" => add(lent),
        "counter" => {
            let last = script.heap(|| {
                let mut next = counter(n);
                (1..times).for_each(|_| {
                    next();
                });
                next()
            });
            last.to_string()
        }
        "any_shape" => add(|n| any_shape(n).area()),
        "measured" => add(measured),
        "any_value" => add(number_of),
        "known" => add(known),
        "copied" => add(|n| copied(n).iter().sum()),
        "spawned" => add(spawned),
        "unknown" => add(|n| unknown(n as usize)),
        "grown" => add(|n| grown(n as usize)),
        "table" => add(|n| table(n as usize) as i64),
        _ => {
            let mut text = String::new();
            script.heap(|| (0..times).for_each(|_| text = joined(n)));
            text
        }
    }
}

/// A number that was a value of any type in between.
fn number_of(n: i64) -> i64 {
    any_value(n).downcast().map_or(0, |number| *number)
}

// Twin: go/allocation/script.go

//! The demo and the operations of scripts.

use allocation::{LENGTH, escaping, observed, removable};
use pair::{Line, Operand, Operation, Out, Part, Script, Stop, whole};

use crate::contrast::heap_of;

/// How many integers a line may make, so that it is quick in either language.
const MAX_INTEGERS: usize = 100_000_000;

const OPERANDS: &[Operand] =
    &[whole("COUNT", 0, 5_000_000), whole("LENGTH", 0, 1_000_000)];

pub const OPERATIONS: &[Operation] = &[
    Operation {
        word: "removable",
        operands: OPERANDS,
        part: Part::None,
        says: "makes COUNT slices of LENGTH integers that the compiler may remove and prints their result: the sum over all slices of the length and of the slice's number from 0, or 0 if LENGTH is 0; refused if they have more than 100000000 integers",
    },
    Operation {
        word: "observed",
        operands: OPERANDS,
        part: Part::None,
        says: "makes slices that are looked at and prints the same result, within the same limit",
    },
    Operation {
        word: "escaping",
        operands: OPERANDS,
        part: Part::None,
        says: "makes slices that must be on the heap and prints the same result, within the same limit",
    },
    Operation {
        word: "slices",
        operands: OPERANDS,
        part: Part::None,
        says: "makes slices in all three forms and prints the results; refused if all three together have more than 100000000 integers",
    },
    Operation {
        word: "sum",
        operands: &[],
        part: Part::None,
        says: "prints the sum of all results since the script began or was cleared",
    },
    Operation {
        word: "clear",
        operands: &[],
        part: Part::None,
        says: "makes the sum zero again",
    },
];

pub fn demo(out: &Out) -> Result<(), Stop> {
    const SLICES: i64 = 1_000_000;
    out.line(format_args!("{SLICES} slices of {LENGTH} integers"));
    // The length is a constant at each call: the compiler may make use of it.
    let results = [
        ("removable", removable(SLICES, LENGTH)),
        ("observed", observed(SLICES, LENGTH)),
        ("escaping", escaping(SLICES, LENGTH)),
    ];
    for (form, result) in results {
        out.line(format_args!("{form}: {result}"));
    }
    // Only here does it show where a slice lives; the other forms live where each compiler likes.
    let [full, empty] = [LENGTH, 0]
        .map(|length| heap_of(|| escaping(1000, length)).allocations);
    out.line(format_args!(
        "on the heap: {full} of 1000 escaping, {empty} of 1000 without integers"
    ));
    Ok(())
}

pub fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let mut sum = 0;
    while let Some(line) = script.read_line()? {
        match line.word {
            "sum" => out.line(format_args!("sum {sum}")),
            "clear" => sum = 0,
            "slices" => {
                sum += perform(
                    script,
                    &line,
                    &["removable", "observed", "escaping"],
                    out,
                )?;
            }
            form => sum += perform(script, &line, &[form], out)?,
        }
    }
    Ok(())
}

/// Makes the slices that a line asks for, in these forms, and adds up the results.
fn perform(
    script: &mut Script,
    line: &Line,
    forms: &[&str],
    out: &Out,
) -> Result<i64, Stop> {
    let (count, length) = (line.whole(0), line.whole(1));
    if count * length * forms.len() > MAX_INTEGERS {
        return Err(script.refuse(format!("more than {MAX_INTEGERS} integers")));
    }
    let mut sum = 0;
    for &form in forms {
        let result = match form {
            "removable" => script.heap(|| removable(count as i64, length)),
            "observed" => script.heap(|| observed(count as i64, length)),
            "escaping" => script.heap(|| escaping(count as i64, length)),
            other => return Err(script.unknown(other)),
        };
        out.line(format_args!("{form} {result}"));
        sum += result;
    }
    Ok(sum)
}

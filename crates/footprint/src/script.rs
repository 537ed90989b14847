// Twin: go/footprint/script.go

//! The demo and the operations of scripts, over a list of counted values.

use footprint::List;
use pair::{
    Counted, Line, Links, Operation, Out, Part, Script, Stop, Tally, settle,
    signed, whole,
};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        word: "push",
        operands: &[VALUE],
        part: Part::None,
        says: "puts a value in front, which counts as 64 bytes",
    },
    Operation {
        word: "fill",
        operands: &[whole("COUNT", 1, 1_000_000)],
        part: Part::None,
        says: "puts COUNT values in front, 1 first and so COUNT in front of all; each counts as 64 bytes",
    },
    Operation {
        word: "insert",
        operands: &[PLACE, VALUE],
        part: Part::None,
        says: "puts a value, which counts as 64 bytes, at a place, from 0; refused if the list ends before the place",
    },
    Operation {
        word: "pop",
        operands: &[],
        part: Part::Releases,
        says: "removes the value in front and prints it, or none",
    },
    Operation {
        word: "remove",
        operands: &[PLACE],
        part: Part::Releases,
        says: "removes the value at a place, from 0, and prints it, or none",
    },
    Operation {
        word: "thin",
        operands: &[whole("STEP", 1, 1_000_000)],
        part: Part::Releases,
        says: "removes every STEP-th value, counted from the front, and prints how many",
    },
    Operation {
        word: "clear",
        operands: &[],
        part: Part::Releases,
        says: "removes every value",
    },
    Operation {
        word: "reverse",
        operands: &[],
        part: Part::None,
        says: "reverses the list",
    },
    Operation {
        word: "length",
        operands: &[],
        part: Part::None,
        says: "prints the number of values",
    },
    Operation {
        word: "sum",
        operands: &[],
        part: Part::None,
        says: "prints the sum of the values",
    },
    Operation {
        word: "first",
        operands: &[whole("COUNT", 1, 100)],
        part: Part::None,
        says: "prints the first values, COUNT at most, or none",
    },
    Operation {
        word: "settle",
        operands: &[],
        part: Part::Settles,
        says: "waits until everything released is freed",
    },
    Operation {
        word: "alive",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of live values",
    },
    Operation {
        word: "freed",
        operands: &[],
        part: Part::NeedsSettle,
        says: "prints the number of freed values",
    },
];

const PLACE: pair::Operand = whole("PLACE", 0, 1_000_000);
const VALUE: pair::Operand = signed("VALUE", -1_000_000_000, 1_000_000_000);

/// What a script keeps alive in a node, for the limit of bytes.
const NODE_BYTES: usize = 64;

pub fn demo(out: &Out) -> Result<(), Stop> {
    let tally = Tally::new();
    let mut list = List::new();
    for value in 1..=5 {
        list.push(Counted::new(&tally, value));
    }
    out.line(format_args!("five pushed: {}", numbers(&list, 5)));
    list.reverse();
    list.insert(2, Counted::new(&tally, 10));
    out.line(format_args!(
        "reversed, 10 inserted at 2: {}",
        numbers(&list, 6)
    ));
    let [removed, popped] = [list.remove(4), list.pop()].map(number);
    out.line(format_args!(
        "removed at 4, then popped: {removed}, {popped}"
    ));
    out.line(format_args!(
        "left: {}, their sum {}",
        numbers(&list, 6),
        sum(&list)
    ));

    fill(&mut list, &tally, 100_000);
    out.line(format_args!(
        "with 100000 more: {}, their sum {}",
        list.length(),
        sum(&list)
    ));
    thin(&mut list, 2);
    settle();
    out.line(format_args!(
        "without every second: {}, freed {}",
        list.length(),
        tally.freed()
    ));

    list.clear();
    settle();
    let (freed, made) = (tally.freed(), tally.made());
    out.line(format_args!(
        "cleared: {}, freed {freed} of {made}",
        list.length()
    ));
    Ok(())
}

pub fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let (mut list, tally) = (List::new(), script.tally());
    while let Some(line) = script.read_line()? {
        perform(&mut list, &tally, script, &line, out)?;
        script.link(|links| draw(&list, links));
    }
    Ok(())
}

type Counting = List<Counted<i64>>;

fn perform(
    list: &mut Counting,
    tally: &Tally,
    script: &mut Script,
    line: &Line,
    out: &Out,
) -> Result<(), Stop> {
    let before = list.length();
    match line.word {
        "push" => {
            script.hold(1, NODE_BYTES)?;
            list.push(value(tally, line.signed(0)));
        }
        "fill" => {
            let count = line.whole(0);
            script.hold(count, count * NODE_BYTES)?;
            fill(list, tally, count);
        }
        "insert" => {
            script.hold(1, NODE_BYTES)?;
            if !list.insert(line.whole(0), value(tally, line.signed(1))) {
                return Err(script.refuse(format!(
                    "the list ends before {}",
                    line.whole(0)
                )));
            }
        }
        "pop" => out.line(number(list.pop())),
        "remove" => out.line(number(list.remove(line.whole(0)))),
        "thin" => {
            thin(list, line.whole(0));
            out.line(format_args!("removed {}", before - list.length()));
        }
        "clear" => list.clear(),
        "reverse" => list.reverse(),
        "length" => out.line(format_args!("length {}", list.length())),
        "sum" => out.line(format_args!("sum {}", sum(list))),
        "first" => out.line(numbers(list, line.whole(0))),
        "settle" => {}
        "alive" => out.line(format_args!("{} alive", tally.alive())),
        "freed" => out.line(format_args!("{} freed", tally.freed())),
        other => return Err(script.unknown(other)),
    }
    let gone = before.saturating_sub(list.length());
    script.release(gone, gone * NODE_BYTES);
    Ok(())
}

/// A value that a trace calls by its number.
fn value(tally: &Tally, number: i64) -> Counted<i64> {
    Counted::named(tally, number, number)
}

/// Draws what keeps values alive.
fn draw(list: &Counting, links: &mut Links) {
    let mut before = None;
    for value in list.values() {
        match before.replace(value.number()) {
            Some(before) => links.strong(before, value.number()),
            None => links.hold(value.number()),
        }
    }
}

fn fill(list: &mut Counting, tally: &Tally, count: usize) {
    for number in 1..=count {
        list.push(value(tally, number as i64));
    }
}

/// Lets every `step`-th value go.
fn thin(list: &mut Counting, step: usize) {
    let mut place = 0;
    list.retain(|_| {
        place += 1;
        place % step != 0
    });
}

fn sum(list: &Counting) -> i64 {
    list.values().map(|counted| counted.value).sum()
}

fn number(taken: Option<Counted<i64>>) -> String {
    taken.map_or("none".to_owned(), |counted| counted.value.to_string())
}

/// The first values, at most this many.
fn numbers(list: &Counting, most: usize) -> String {
    if list.length() == 0 {
        return "none".to_owned();
    }
    let values = list
        .values()
        .take(most)
        .map(|counted| counted.value.to_string());
    values.collect::<Vec<_>>().join(" ")
}

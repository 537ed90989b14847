// Twin: go/pair/trace_test.go

//! What a trace tells of values that are dropped, forgotten or kept.

use std::{io::Write as _, mem};

use pair::{Counted, Operation, Out, Part, Script, Stop};

const OPERATIONS: &[Operation] = &[
    operation("make", Part::None),
    operation("drop", Part::Releases),
    operation("forget", Part::Releases),
    operation("settle", Part::Settles),
];

const fn operation(word: &'static str, part: Part) -> Operation {
    Operation {
        word,
        operands: &[],
        part,
        says: "is only tried",
    }
}

fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let tally = script.tally();
    let mut values = Vec::new();
    while let Some(line) = script.read_line()? {
        match line.word {
            "make" => {
                values.push(Counted::named(&tally, "v", ()));
                out.line("made");
            }
            "drop" => drop(values.pop()),
            "forget" => mem::forget(values.pop()),
            _ => {}
        }
        script.link(|links| values.iter().for_each(|value| links.hold(value.number())));
    }
    Ok(())
}

/// The state of each value behind each line.
fn states(script: &str) -> Vec<String> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(script.as_bytes()).expect("it is written");
    let out = Out::memory();
    pair::trace(&[file.path().into()], OPERATIONS, replay, &out).expect("it is traced");
    let told = String::from_utf8(out.take()).expect("UTF-8");
    let state = |line: &str| {
        let words = line.split("\"state\":\"").skip(1);
        let words = words.filter_map(|rest| rest.split('"').next());
        words.collect::<Vec<_>>().join(" ")
    };
    told.lines().map(state).collect()
}

#[test]
fn a_trace_tells_what_becomes_of_each_value() {
    // Go has garbage instead, until it settles.
    let expected = [
        "alive",
        "alive alive",
        "alive freed",
        "alive freed",
        "freed freed",
    ];
    assert_eq!(states("make\nmake\ndrop\nsettle\n"), expected);
}

#[test]
fn a_value_that_nothing_reaches_and_nobody_frees_is_leaked() {
    let expected = ["alive", "leaked", "leaked", "leaked"];
    assert_eq!(states("make\nforget\nsettle\n"), expected);
}

#[test]
fn values_of_one_name_have_ids_of_their_own() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(b"make\nmake\nnonsense\n")
        .expect("it is written");
    let out = Out::memory();
    let refused = pair::trace(&[file.path().into()], OPERATIONS, replay, &out);
    let message = refused.expect_err("a refused line").message();
    assert_eq!(message, "error: line 3: unknown operation \"nonsense\"\n");
    let told = String::from_utf8(out.take()).expect("UTF-8");
    let second = told.lines().nth(1).expect("a second line");
    let expected = "{\"line\":2,\"text\":\"make\",\"output\":[\"made\"],\
        \"counts\":{\"alive\":2,\"freed\":0,\"garbage\":0,\"leaked\":0},\
        \"objects\":[{\"id\":\"v\",\"state\":\"alive\"},{\"id\":\"v:2\",\"state\":\"alive\"}],\
        \"held\":[\"v\",\"v:2\"],\"links\":[]}";
    assert_eq!(second, expected);
}

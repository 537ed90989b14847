// Twin: go/pair/pair_test.go

//! What every program relies on, in the same words as in Go.

use pair::{
    Counted, Flags, MAX_BYTES, MAX_OBJECTS, Operation, Out, Part, Script, Stop, Tally, name, quote,
    settle, signed, whole,
};

const OPERATIONS: &[Operation] = &[
    operation("take", &[whole("COUNT", 1, 10)], Part::None),
    operation("shift", &[signed("BY", -5, 5)], Part::None),
    operation("call", &[name("NAME", 3)], Part::None),
    operation("drop", &[], Part::Releases),
    operation("freed", &[], Part::NeedsSettle),
    operation("settle", &[], Part::Settles),
];

const fn operation(
    word: &'static str,
    operands: &'static [pair::Operand],
    part: Part,
) -> Operation {
    let says = "is only tried";
    Operation {
        word,
        operands,
        part,
        says,
    }
}

/// Reads a whole script: the words of its lines, then what ended it.
fn read(mut text: &[u8]) -> String {
    let mut script = Script::new(&mut text, "a test".to_owned(), OPERATIONS, &Out::memory());
    let mut words = Vec::new();
    loop {
        match script.read_line() {
            Ok(Some(line)) => words.push(line.word.to_owned()),
            Ok(None) => break,
            Err(stop) => {
                words.push(stop.message().trim_end().to_owned());
                break;
            }
        }
    }
    words.join("|")
}

#[test]
fn a_script_is_read_line_by_line() {
    let cases: &[(&str, &str)] = &[
        ("", ""),
        ("take 1", "take"),
        ("take 1\nshift -5\n", "take|shift"),
        ("\t take \t 1 # said\r\n\r\n#\n", "take"),
        ("shift +5\ncall a-_", "shift|call"),
        (
            "take +5",
            "error: line 1: COUNT: \"+5\" is not a whole number",
        ),
        ("take 0", "error: line 1: COUNT: \"0\" is not in 1..10"),
        (
            "take 99999999999999999999",
            "error: line 1: COUNT: \"99999999999999999999\" is not in 1..10",
        ),
        (
            "take 0x1",
            "error: line 1: COUNT: \"0x1\" is not a whole number",
        ),
        ("take", "error: line 1: usage: take COUNT"),
        (
            "call abcd",
            "error: line 1: NAME: \"abcd\" is not at most 3 letters long",
        ),
        (
            "call ä",
            "error: line 1: NAME: \"\\xc3\\xa4\" is not a name of letters, digits, \"_\" and \"-\"",
        ),
        (
            "take 1\nnothing",
            "take|error: line 2: unknown operation \"nothing\"",
        ),
        ("freed\ndrop\nsettle\nfreed", "freed|drop|settle|freed"),
        (
            "drop\nfreed",
            "drop|error: line 2: \"freed\" needs \"settle\" first",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text.as_bytes()), *expected, "{text:?}");
    }
    assert_eq!(read(b"\n\xff"), "error: line 2: not UTF-8");
}

#[test]
fn a_script_keeps_no_more_than_it_may() {
    let mut text: &[u8] = b"settle";
    let mut script = Script::new(&mut text, "a test".to_owned(), OPERATIONS, &Out::memory());
    assert!(script.hold(MAX_OBJECTS, MAX_BYTES).is_ok());
    assert!(script.hold(1, 0).is_err());
    assert!(script.hold(0, 1).is_err());
    assert!(script.hold(usize::MAX, usize::MAX).is_err());
    script.release(MAX_OBJECTS, MAX_BYTES);
    assert!(script.hold(1, 0).is_err(), "released, but not settled");
    assert!(matches!(script.read_line(), Ok(Some(_))));
    assert!(script.hold(MAX_OBJECTS, MAX_BYTES).is_ok());
}

#[test]
fn quoting_shows_every_byte() {
    for (text, expected) in [
        (&b"plain"[..], r#""plain""#),
        (b"\"\\", r#""\"\\""#),
        (b"\x00\n\x7f\xff", r#""\x00\x0a\x7f\xff""#),
    ] {
        assert_eq!(quote(text), expected);
    }
    assert_eq!(quote(&[b'a'; 257]), format!("\"{}\"...", "a".repeat(256)));
}

#[test]
fn flags_are_told_from_words() {
    let parse = |arguments: &[&str]| {
        let arguments: Vec<_> = arguments.iter().map(Into::into).collect();
        Flags::parse(&arguments, &["--scale"], &["--batch"])
    };
    let flags = parse(&["a", "--scale=3", "--batch"]).expect("all are known");
    assert_eq!((flags.words.len(), flags.has("--batch")), (1, true));
    assert_eq!(flags.number("--scale", 1, 9, 5), Ok(3));
    let flags = parse(&["--scale", "10"]).expect("all are known");
    let refused = Stop::Usage("--scale: \"10\" is not a whole number in 1..9".to_owned());
    assert_eq!(flags.number("--scale", 1, 9, 5), Err(refused));
    assert!(parse(&["--scale"]).is_err());
    assert!(parse(&["--more"]).is_err());
    assert!(parse(&["--batch=1"]).is_err());
}

#[test]
fn what_is_let_go_is_counted_once_it_settles() {
    let tally = Tally::new();
    let kept = Counted::new(&tally, 1);
    for value in 0..999 {
        Counted::new(&tally, value);
    }
    settle();
    assert_eq!((tally.made(), tally.freed(), tally.alive()), (1000, 999, 1));
    drop(kept);
    settle();
    assert_eq!(tally.freed(), 1000);
}

//! Properties that hold for all bytes: the fuzz targets in `tests/fuzz` generate bytes, and ordinary tests
//! use the seeds.

use lab_results::{result::ResultFile, store};
use pair::{Operation, Out, Part, Script, name, signed, whole};

const fn operation(
    word: &'static str,
    operands: &'static [pair::Operand],
    part: Part,
) -> Operation {
    Operation {
        word,
        operands,
        part,
        says: "",
    }
}

const OPERATIONS: &[Operation] = &[
    operation("take", &[whole("COUNT", 1, 10)], Part::None),
    operation("shift", &[signed("BY", -5, 5)], Part::None),
    operation("call", &[name("NAME", 3)], Part::None),
    operation("drop", &[], Part::Releases),
    operation("freed", &[], Part::NeedsSettle),
    operation("settle", &[], Part::Settles),
];

/// Each line of a script fits the table of operations, or is refused with its number.
pub fn script(mut bytes: &[u8]) {
    let most = bytes.split(|&byte| byte == b'\n').count();
    let mut script = Script::new(&mut bytes, "bytes".to_owned(), OPERATIONS, &Out::memory());
    for _ in 0..=most {
        match script.read_line() {
            Ok(None) => return,
            Ok(Some(line)) => match line.word {
                "take" => assert!((1..=10).contains(&line.whole(0)), "{line:?}"),
                "shift" => assert!((-5..=5).contains(&line.signed(0)), "{line:?}"),
                "call" => assert!((1..=3).contains(&line.name(0).len()), "{line:?}"),
                _ => {}
            },
            Err(stop) => {
                let message = stop.message();
                assert!(message.starts_with("error: line "), "{message:?}");
                return;
            }
        }
    }
    panic!("more lines than there are");
}

/// Bytes are not a result, or one that can be written and parsed again.
pub fn result(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(result) = store::parse(&text) {
        again(&result);
    }
}

/// Bytes are not a journal, or one whose result can be written and parsed again.
pub fn journal(bytes: &[u8]) {
    if let Some(result) = store::replay(bytes).found {
        again(&result);
    }
}

fn again(result: &ResultFile) {
    let written = serde_json::to_string(result).expect("a result can be written");
    let again = store::parse(&written).expect("what was written can be read");
    let again = serde_json::to_string(&again).expect("a result can be written");
    assert_eq!(written, again);
}

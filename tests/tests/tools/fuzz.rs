//! The seeds of the fuzz targets: kept scripts, results and journals, whole, cut off and damaged.

use std::fs;

use lab_results::store;
use lab_workspace::folder;
use tests::{fuzz, project};

/// A text, cut off anywhere, and with a byte that does not belong there.
fn damaged(text: &[u8]) -> Vec<Vec<u8>> {
    let step = 1 + text.len() / 40;
    let mut all = vec![text.to_vec()];
    for place in (0..text.len()).step_by(step) {
        all.push(text[..place].to_vec());
        for byte in [0, b'\r', b'"', b'-', 0xff] {
            let mut text = text.to_vec();
            text[place] = byte;
            all.push(text);
        }
    }
    all
}

#[test]
fn a_script_is_read_or_refused_whatever_it_says() {
    let own = [
        "",
        "take 1\r\n\tshift +5 # said\ncall a-_\ndrop\nsettle\nfreed",
        "take 99999999999999999999",
    ];
    own.iter()
        .flat_map(|text| damaged(text.as_bytes()))
        .for_each(|text| fuzz::script(&text));
    let mut kept = 0;
    for topic in project().names() {
        let scripts = project().root.join("tests/scripts").join(topic);
        for path in folder::entries(&scripts).expect("a folder") {
            fuzz::script(&fs::read(path).expect("a script"));
            kept += 1;
        }
    }
    assert!(kept > 100, "{kept} kept scripts");
}

/// The seeds of a target, as `cargo fuzz` gets them too.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let seeds = project().root.join("tests/fuzz/seeds").join(target);
    let paths = folder::entries(&seeds).expect("seeds").into_iter();
    paths.map(|path| fs::read(path).expect("a seed")).collect()
}

#[test]
fn a_result_is_read_or_refused_whatever_it_says() {
    for seed in seeds("result") {
        store::parse(&String::from_utf8_lossy(&seed)).expect("a seed is a result");
        for text in &damaged(&seed) {
            fuzz::result(text);
        }
    }
    let own = [
        "",
        "{}",
        "[]",
        "null",
        r#"{"schema":1}"#,
        r#"{"schema":1e99,"machine":{}}"#,
    ];
    own.iter()
        .flat_map(|text| damaged(text.as_bytes()))
        .for_each(|text| fuzz::result(&text));
    fuzz::result(&vec![b'['; 100_000]);
}

#[test]
fn a_journal_is_read_or_refused_whatever_it_says() {
    for seed in seeds("journal") {
        let replayed = store::replay(&seed);
        assert_eq!(replayed.damage, None);
        let found = replayed.found.expect("a seed is a journal");
        assert_eq!(found.measurements.len(), 1);
        for text in &damaged(&seed) {
            fuzz::journal(text);
        }
    }
    for seed in seeds("result") {
        fuzz::journal(&seed);
    }
}

//! The seeds of the fuzz targets: kept scripts whole, cut off and damaged, and what looks like a result.

use std::fs;

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
        let folder = project().root.join("tests/scripts").join(topic);
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let text = fs::read(entry.expect("a script").path()).expect("a script");
            fuzz::script(&text);
            kept += 1;
        }
    }
    assert!(kept > 100, "{kept} kept scripts");
}

#[test]
fn a_result_is_read_or_refused_whatever_it_says() {
    let own = [
        "",
        "{}",
        "[]",
        "null",
        r#"{"schema":1}"#,
        r#"{"schema":1e99,"machine":{}}"#,
        r#"{"schema":4,"measurements":[{"blocks":[null]}]}"#,
    ];
    own.iter()
        .flat_map(|text| damaged(text.as_bytes()))
        .for_each(|text| fuzz::result(&text));
    fuzz::result(&vec![b'['; 100_000]);
}

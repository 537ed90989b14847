//! Reading one file.

use std::{io::Write as _, slice};

use flate2::{Compression, write::GzEncoder};

use super::*;

#[test]
fn a_torn_file_and_another_schema_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.json");
    let text = json(&empty());
    for (text, expected) in [
        (text[..text.len() / 2].to_owned(), "this file is torn"),
        (String::new(), "this file is torn"),
        (
            text.replace("\"schema\":2", "\"schema\":99"),
            "schema 99, and this lab reads 2: a newer lab wrote it",
        ),
        (
            r#"{"schema":1,"command":"cargo lab measure --only V4","else":[]}"#.to_owned(),
            "schema 1, and this lab reads 2: measure again with \"cargo lab measure --only V4\"",
        ),
        (
            "{\"schema\":1}".to_owned(),
            "schema 1, and this lab reads 2: measure again with \"cargo lab measure\"",
        ),
        (
            "{\"schema\":2}".to_owned(),
            "this is not a result, or a damaged one: missing field",
        ),
        ("[]".to_owned(), "this is not a result"),
    ] {
        fs::write(&path, text).unwrap();
        let error = format!("{:#}", read(&path).unwrap_err());
        assert!(error.contains(expected), "{error:?} lacks {expected:?}");
        assert!(error.contains("x.json"), "{error}");
    }
}

#[test]
fn a_compressed_result_is_read_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("2023-11-14T221320Z-quick.json.gz");
    let (_other, _store, journal) = begun();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(json(&journal.found).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    fs::write(&path, &packed).unwrap();
    assert_eq!(list(folder.path()).unwrap(), slice::from_ref(&path));
    assert_eq!(json(&read(&path).unwrap()), json(&journal.found));
    fs::write(&path, &packed[..packed.len() / 2]).unwrap();
    let error = format!("{:#}", read(&path).unwrap_err());
    assert!(
        error.contains("cannot read") && error.contains("quick.json.gz"),
        "{error}"
    );
}

#[test]
fn a_file_torn_at_any_byte_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.json");
    let (_other, _store, journal) = begun();
    let text = json(&journal.found);
    assert!(text.len() < 4096);
    for cut in 0..text.len() {
        fs::write(&path, &text[..cut]).unwrap();
        let error = format!("{:#}", read(&path).unwrap_err());
        let is_reported =
            error.contains("this file is torn") || error.contains("this is not a result");
        assert!(
            is_reported && error.contains("x.json"),
            "cut at {cut}: {error}"
        );
    }
    fs::write(&path, &text).unwrap();
    assert!(read(&path).is_ok());
}

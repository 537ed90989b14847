use std::slice;

use super::*;
use crate::result::{Because, Commit, Machine, Request, Run};

fn empty() -> ResultFile {
    ResultFile {
        schema: SCHEMA,
        command: "cargo lab measure".to_owned(),
        request: Request {
            mode: "quick".to_owned(),
            only: Vec::new(),
            settings: Vec::new(),
            scale: None,
            blocks: None,
            partition: None,
        },
        complete: false,
        began: 1_700_000_000,
        seed: 7,
        machine: Machine {
            cpu: "a processor".to_owned(),
            cores: 2,
            memory_bytes: 1 << 30,
            system: "a system".to_owned(),
            versions: [].into(),
            settings: [].into(),
        },
        commit: Commit {
            hash: None,
            dirty: false,
        },
        hashes: [].into(),
        measurements: Vec::new(),
        left_out: Vec::new(),
    }
}

fn subject(case: &str) -> Subject {
    Subject {
        topic: "cycles".to_owned(),
        case: case.to_owned(),
        scale: 10,
        go: "default".to_owned(),
        rust: "default".to_owned(),
        cores: "all".to_owned(),
    }
}

fn block(answer: &str) -> Event {
    let run = Run {
        answer: answer.to_owned(),
        ..Run::default()
    };
    Event::Block(Box::new(Block {
        order: vec!["go".to_owned(), "control".to_owned(), "rust".to_owned()],
        go: run.clone(),
        rust: run.clone(),
        control: run,
        control_of: "go".to_owned(),
        steal: 0.0,
    }))
}

/// A folder with a run in progress that has measured three blocks of two cases.
fn begun() -> (tempfile::TempDir, Store, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut journal = store.begin(empty()).unwrap();
    journal
        .add(
            &subject("tree"),
            Event::Begun {
                own_scale: true,
                resident: Resident {
                    go: vec![[0, 900], [1000, 1200]],
                    rust: Vec::new(),
                },
            },
        )
        .unwrap();
    journal.add(&subject("tree"), block("1")).unwrap();
    journal.add(&subject("bush"), block("2")).unwrap();
    journal.add(&subject("tree"), block("3")).unwrap();
    journal.add(&subject("tree"), Event::Wanted(20)).unwrap();
    let why = "too much".to_owned();
    let left_out = LeftOut {
        subject: "x/y".to_owned(),
        because: Because::Memory,
        why,
    };
    journal.leave_out(left_out).unwrap();
    (folder, store, journal)
}

fn json(file: &ResultFile) -> String {
    serde_json::to_string(file).unwrap()
}

#[test]
fn a_result_is_read_as_it_was_written() {
    let (folder, store, journal) = begun();
    let found = journal.found.clone();
    let path = store.end(journal).unwrap();
    assert_eq!(path, folder.path().join("2023-11-14T221320Z-quick.json"));
    assert_eq!(json(&read(&path).unwrap()), json(&found));
    assert_eq!(found.measurements[0].blocks.len(), 2);
    assert_eq!(newest(folder.path()).unwrap(), Some(path));
    assert!(store.recover().unwrap().is_none());
}

#[test]
fn what_was_measured_outlives_a_kill() {
    let (folder, store, journal) = begun();
    let found = journal.found.clone();
    drop((store, journal));
    let store = Store::open(folder.path()).unwrap();
    let path = store.recover().unwrap().unwrap();
    assert_eq!(json(&read(&path).unwrap()), json(&found));
    // A run that goes on with it holds the same and more.
    let mut journal = store.begin(found).unwrap();
    journal.add(&subject("bush"), block("4")).unwrap();
    drop(journal);
    let more = read(&store.recover().unwrap().unwrap()).unwrap();
    assert_eq!(more.measurements[1].blocks.len(), 2);
    assert_eq!(more.measurements[0].wanted, Some(20));
    assert_eq!(list(folder.path()).unwrap().len(), 1);
}

#[test]
fn a_journal_cut_anywhere_gives_all_whole_lines() {
    let (folder, _store, journal) = begun();
    let text = fs::read_to_string(folder.path().join(JOURNAL)).unwrap();
    drop(journal);
    for cut in 0..=text.len() {
        let lines = text[..cut].matches('\n').count();
        let found = replay(&text[..cut]).unwrap();
        let blocks = found.map_or(0, |found| {
            found.measurements.iter().map(|m| m.blocks.len()).sum()
        });
        assert_eq!(blocks, lines.saturating_sub(2).min(3), "cut at {cut}");
    }
}

#[test]
fn a_torn_file_and_another_schema_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.json");
    let text = json(&empty());
    for (text, expected) in [
        (text[..text.len() / 2].to_owned(), "this file is torn"),
        (String::new(), "this file is torn"),
        (
            text.replace("\"schema\":1", "\"schema\":99"),
            "schema 99, and this lab reads 1",
        ),
        (
            "{\"schema\":1}".to_owned(),
            "this is no result, or a damaged one",
        ),
        ("[]".to_owned(), "this is no result"),
    ] {
        fs::write(&path, text).unwrap();
        let error = format!("{:#}", read(&path).unwrap_err());
        assert!(error.contains(expected), "{error:?} lacks {expected:?}");
        assert!(error.contains("x.json"), "{error}");
    }
}

#[test]
fn a_file_torn_at_any_byte_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.json");
    let (_other, _store, journal) = begun();
    let text = json(&journal.found);
    assert!(text.len() < 4096);
    for cut in 0..text.len() {
        fs::write(&path, &text[..cut]).unwrap();
        let error = format!("{:#}", read(&path).unwrap_err());
        let told = error.contains("this file is torn") || error.contains("this is no result");
        assert!(told && error.contains("x.json"), "cut at {cut}: {error}");
    }
    fs::write(&path, &text).unwrap();
    assert!(read(&path).is_ok());
}

#[test]
fn a_clock_that_goes_back_overwrites_no_other_run() {
    let (folder, store, journal) = begun();
    store.end(journal).unwrap();
    let other = ResultFile { seed: 8, ..empty() };
    for _ in 0..2 {
        let journal = store.begin(other.clone()).unwrap();
        let path = store.end(journal).unwrap();
        assert_eq!(path, folder.path().join("2023-11-14T221320Z-quick-2.json"));
    }
    assert_eq!(list(folder.path()).unwrap().len(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_told() {
    // Not even root writes there.
    let error = format!("{:#}", Store::open(Path::new("/proc/results")).unwrap_err());
    assert!(error.contains("cannot create /proc/results"), "{error}");
    let error = format!("{:#}", Store::open(Path::new("/proc")).unwrap_err());
    assert!(error.contains("cannot write to /proc"), "{error}");
}

#[test]
fn files_of_two_machines_or_builds_make_no_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, file: &ResultFile| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, json(file)).unwrap();
    };
    let read_folder = || {
        let read = read_all(&[folder.path().to_owned()]);
        read.map(|files| files.len()).map_err(|e| e.to_string())
    };
    write("1/x.json", &empty());
    let mut other = empty();
    other.hashes.insert("go/x".to_owned(), "1".to_owned());
    other.machine.memory_bytes += 4096;
    write("2/x.json", &other);
    assert_eq!(read_folder(), Ok(2));
    other.hashes.insert("go/x".to_owned(), "2".to_owned());
    write("3/x.json", &other);
    assert!(read_folder().unwrap_err().contains("go/x is not the same"));
    other.machine.cpu = "another".to_owned();
    write("3/x.json", &other);
    let error = read_folder().unwrap_err();
    assert!(error.contains("processor: a processor, another"), "{error}");
}

#[test]
fn two_labs_do_not_write_to_one_folder() {
    let (folder, store, _journal) = begun();
    let error = Store::open(folder.path()).unwrap_err().to_string();
    assert!(error.contains("another lab is measuring"), "{error}");
    drop(store);
    assert!(Store::open(folder.path()).is_ok());
}

#[test]
fn load_of_the_same_programs_stands_beside_a_result() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let written = |mode: &str, complete, hash: &str| {
        let mut file = empty();
        file.request.mode = mode.to_owned();
        file.complete = complete;
        file.hashes = [("go/server".to_owned(), hash.to_owned())].into();
        file.began += u64::from(complete);
        store.write(&file).unwrap()
    };
    let own = written("quick", true, "a");
    let beside = || with_load(folder.path(), own.clone()).unwrap();
    written("load", false, "a");
    assert_eq!(beside(), slice::from_ref(&own), "one that is not whole");
    let load = written("load", true, "b");
    assert_eq!(beside(), slice::from_ref(&own), "one of other programs");
    fs::remove_file(load).unwrap();
    let load = written("load", true, "a");
    assert_eq!(beside(), [own.clone(), load]);
}

#[test]
fn a_folder_without_results_has_no_newest() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(newest(&folder.path().join("none")).unwrap(), None);
}

use std::{io::Write as _, slice};

use flate2::{Compression, write::GzEncoder};

use super::*;
use crate::result::{Because, Block, Commit, LeftOut, Machine, Request, Resident, Run, Subject};

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
            reference: false,
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
        flags: [].into(),
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
        cautions: Vec::new(),
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
    assert!(store.recover().unwrap().result.is_none());
}

#[test]
fn what_was_measured_outlives_a_kill() {
    let (folder, store, journal) = begun();
    let found = journal.found.clone();
    drop((store, journal));
    let store = Store::open(folder.path()).unwrap();
    let (path, _) = store.recover().unwrap().result.unwrap();
    assert_eq!(json(&read(&path).unwrap()), json(&found));
    // A run that goes on with it holds the same and more.
    let mut journal = store.begin(found).unwrap();
    journal.add(&subject("bush"), block("4")).unwrap();
    drop(journal);
    let more = read(&store.recover().unwrap().result.unwrap().0).unwrap();
    assert_eq!(more.measurements[1].blocks.len(), 2);
    assert_eq!(more.measurements[0].wanted, Some(20));
    assert_eq!(list(folder.path()).unwrap().len(), 1);
}

#[test]
fn a_journal_cut_anywhere_gives_all_whole_lines() {
    let (folder, _store, journal) = begun();
    let text = fs::read(folder.path().join(JOURNAL)).unwrap();
    drop(journal);
    for cut in 0..=text.len() {
        let lines = text[..cut].split(|byte| *byte == b'\n').count() - 1;
        let Replayed { found, damage } = replay(&text[..cut]);
        assert_eq!(damage, None, "cut at {cut}");
        let blocks = found.as_ref().map_or(0, blocks);
        assert_eq!(blocks, lines.saturating_sub(2).min(3), "cut at {cut}");
    }
}

fn blocks(found: &ResultFile) -> usize {
    found.measurements.iter().map(|m| m.blocks.len()).sum()
}

#[test]
fn a_damaged_journal_is_set_aside_and_what_can_be_read_of_it_is_kept() {
    let (folder, store, journal) = begun();
    let path = folder.path().join(JOURNAL);
    let text = fs::read(&path).unwrap();
    drop(journal);
    let lines = || text.split_inclusive(|byte| *byte == b'\n');
    for (line, expected) in [(0, "line 1, without which"), (2, "line 3"), (3, "line 4")] {
        for nonsense in [
            &b"nonsense\n"[..],
            b"{}\n",
            b"\xff\n",
            b"\n",
            b"{\"schema\":0}\n",
        ] {
            let mut lines: Vec<&[u8]> = lines().collect();
            lines[line] = nonsense;
            fs::write(&path, lines.concat()).unwrap();
            let Recovered { result, damaged } = store.recover().unwrap();
            let (why, aside) = damaged.unwrap();
            assert!(why.starts_with(expected), "{why:?} lacks {expected:?}");
            assert_eq!(fs::read(aside).unwrap(), lines.concat());
            let kept = result.map(|(path, _)| blocks(&read(&path).unwrap()));
            assert_eq!(kept, (line > 0).then_some(2), "line {line}");
            assert!(!path.exists());
        }
    }
    // None is written over another.
    let aside = fs::read_dir(folder.path()).unwrap();
    let ends = |entry: &fs::DirEntry| entry.path().extension().is_some_and(|e| e == "damaged");
    assert_eq!(aside.map(Result::unwrap).filter(ends).count(), 15);
}

#[test]
fn one_that_was_killed_after_its_result_was_written_stays_whole() {
    let (folder, store, mut journal) = begun();
    let path = folder.path().join(JOURNAL);
    let text = fs::read(&path).unwrap();
    journal.found.complete = true;
    let whole = store.end(journal).unwrap();
    fs::write(&path, text).unwrap();
    assert!(store.recover().unwrap().result.is_none());
    assert_eq!(list(folder.path()).unwrap(), slice::from_ref(&whole));
    assert!(read(&whole).unwrap().complete && !path.exists());
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
            text.replace("\"schema\":2", "\"schema\":99"),
            "schema 99, and this lab reads 2: a newer lab wrote it",
        ),
        (
            r#"{"schema":1,"command":"cargo lab measure --only V4","else":[]}"#.to_owned(),
            "schema 1, and this lab reads 2: measure anew with \"cargo lab measure --only V4\"",
        ),
        (
            "{\"schema\":1}".to_owned(),
            "schema 1, and this lab reads 2: measure anew with \"cargo lab measure\"",
        ),
        (
            "{\"schema\":2}".to_owned(),
            "this is no result, or a damaged one: missing field",
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
fn a_compressed_result_is_one_like_any_other() {
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
fn wherever_a_clock_jumps_results_keep_the_order_of_their_runs() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let years = |count: u64| count * 365 * 24 * 3600;
    let now = empty().began;
    let mut order = Vec::new();
    for (seed, began) in [now, now - years(1), now + years(9), now, now]
        .into_iter()
        .enumerate()
    {
        let seed = seed as u64;
        let mut found = empty();
        (found.seed, found.began) = (seed, began);
        // Each is stopped first and goes on later, under the name that it has.
        let path = store.end(store.begin(found.clone()).unwrap()).unwrap();
        assert!(!order.contains(&path), "{path:?} is another run's");
        found.complete = true;
        assert_eq!(store.end(store.begin(found).unwrap()).unwrap(), path);
        order.insert(0, path);
        assert_eq!(list(folder.path()).unwrap(), order);
        let newest = read(&newest(folder.path()).unwrap().unwrap()).unwrap();
        assert_eq!((newest.seed, newest.began), (seed, began));
    }
    let last = order.pop().unwrap();
    assert_eq!(last, folder.path().join("2023-11-14T221320Z-quick.json"));
    let last = order.pop().unwrap();
    assert_eq!(last, folder.path().join("2023-11-14T221321Z-quick.json"));
}

#[test]
fn a_torn_result_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let whole = store.end(store.begin(empty()).unwrap()).unwrap();
    fs::write(folder.path().join("2999-01-01T000000Z-quick.json"), "{").unwrap();
    let told = std::cell::RefCell::new(Vec::new());
    let warn = |why: &str| told.borrow_mut().push(why.to_owned());
    let read: Vec<_> = each(folder.path(), warn).unwrap().collect();
    assert_eq!((read.len(), &read[0].0), (1, &whole));
    let [why] = &told.into_inner()[..] else {
        panic!("one is torn")
    };
    assert!(why.starts_with("warning: left aside: ") && why.contains("this file is torn"));
    assert_eq!(newest(folder.path()).unwrap(), Some(whole));
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_told() {
    // Not even root writes there.
    let error = format!("{:#}", Store::open(Path::new("/proc/results")).unwrap_err());
    assert!(error.contains("cannot create /proc/results"), "{error}");
    let error = format!("{:#}", Store::open(Path::new("/proc")).unwrap_err());
    assert!(error.contains("/proc was not made by the lab"), "{error}");
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
fn load_and_other_sources_of_the_same_programs_stand_beside_a_result() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let written = |mode: &str, complete, hash: &str| {
        let mut file = empty();
        file.request.mode = mode.to_owned();
        file.request.only = vec![mode.to_owned()];
        file.complete = complete;
        file.hashes = [("go/server".to_owned(), hash.to_owned())].into();
        file.began += u64::from(complete);
        store.end(store.begin(file).unwrap()).unwrap()
    };
    let own = written("quick", true, "a");
    let beside = || with_others(folder.path(), own.clone()).unwrap();
    written("load", false, "a");
    assert_eq!(beside(), slice::from_ref(&own), "one that is not whole");
    let load = written("load", true, "b");
    assert_eq!(beside(), slice::from_ref(&own), "one of other programs");
    fs::remove_file(load).unwrap();
    let load = written("load", true, "a");
    assert_eq!(beside(), [own.clone(), load.clone()]);
    let outside = written("outside", true, "a");
    assert_eq!(beside(), [own.clone(), outside, load]);
}

#[test]
fn the_newest_share_of_a_partition_brings_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let written = |mode: &str, partition, hash: &str| {
        let mut file = empty();
        file.request.mode = mode.to_owned();
        file.request.partition = partition;
        file.hashes = [("go/server".to_owned(), hash.to_owned())].into();
        store.end(store.begin(file).unwrap()).unwrap();
    };
    let shares = || -> Vec<Option<[usize; 2]>> {
        let found = newest_of(folder.path(), "sweep").unwrap();
        found.iter().map(|file| file.request.partition).collect()
    };
    assert_eq!(shares(), []);
    written("sweep", Some([1, 3]), "another build");
    written("sweep", Some([2, 3]), "a");
    written("sweep", Some([1, 2]), "a");
    written("sweep", Some([2, 3]), "a");
    written("sweep", Some([3, 3]), "a");
    written("quick", None, "a");
    assert_eq!(shares(), [Some([3, 3]), Some([2, 3])]);
    written("sweep", None, "a");
    assert_eq!(shares(), [None]);
}

#[test]
fn a_folder_without_results_has_no_newest() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(newest(&folder.path().join("none")).unwrap(), None);
}

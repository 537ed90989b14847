//! Writing results, and recovering them.

mod folder;
mod read;

use std::slice;

use super::*;
use crate::{
    result::{Block, CaseKey, Resident, Run, SkipReason, Skipped},
    synthetic,
};

fn empty() -> ResultFile {
    let mut file = ResultFile {
        command: "cargo lab measure".to_owned(),
        complete: false,
        began: 1_700_000_000,
        ..synthetic::file(Vec::new())
    };
    "a processor".clone_into(&mut file.machine.cpu);
    file.machine.memory_bytes = 1 << 30;
    file
}

fn key(case: &str) -> CaseKey {
    synthetic::key(&format!("cycles/{case}@10"))
}

fn block(answer: &str) -> Event {
    let run = Run {
        answer: answer.to_owned(),
        ..Run::default()
    };
    Event::Block(Box::new(Block {
        order: vec!["go".to_owned(), "control".to_owned(), "rust".to_owned()],
        ..synthetic::block_of(run.clone(), run.clone(), run)
    }))
}

/// A folder with a run in progress that has measured three blocks of two cases.
fn begun() -> (tempfile::TempDir, Store, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut journal = store.begin(empty()).unwrap();
    journal
        .add(
            &key("tree"),
            Event::Begun {
                own_scale: true,
                resident: Resident {
                    go: vec![[0, 900], [1000, 1200]],
                    rust: Vec::new(),
                },
            },
        )
        .unwrap();
    journal.add(&key("tree"), block("1")).unwrap();
    journal.add(&key("bush"), block("2")).unwrap();
    journal.add(&key("tree"), block("3")).unwrap();
    journal.add(&key("tree"), Event::NeededBlocks(20)).unwrap();
    let why = "too much".to_owned();
    let skipped = Skipped {
        query: "x/y".to_owned(),
        reason: SkipReason::Memory,
        why,
    };
    journal.skip(skipped).unwrap();
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
fn measurements_outlive_a_kill() {
    let (folder, store, journal) = begun();
    let found = journal.found.clone();
    drop((store, journal));
    let store = Store::open(folder.path()).unwrap();
    let (path, _) = store.recover().unwrap().result.unwrap();
    assert_eq!(json(&read(&path).unwrap()), json(&found));
    // A run that goes on with it holds the same and more.
    let mut journal = store.begin(found).unwrap();
    journal.add(&key("bush"), block("4")).unwrap();
    drop(journal);
    let more = read(&store.recover().unwrap().result.unwrap().0).unwrap();
    assert_eq!(more.measurements[1].blocks.len(), 2);
    assert_eq!(more.measurements[0].needed_blocks, Some(20));
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
fn a_damaged_journal_is_set_aside_and_its_readable_lines_are_kept() {
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
fn a_run_killed_after_its_result_was_written_keeps_that_result() {
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

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_reported() {
    // Not even root writes there.
    let error = format!("{:#}", Store::open(Path::new("/proc/results")).unwrap_err());
    assert!(error.contains("cannot create /proc/results"), "{error}");
    let error = format!("{:#}", Store::open(Path::new("/proc")).unwrap_err());
    assert!(error.contains("/proc was not made by the lab"), "{error}");
}

#[test]
fn two_labs_do_not_write_to_one_folder() {
    let (folder, store, _journal) = begun();
    let error = Store::open(folder.path()).unwrap_err().to_string();
    assert!(error.contains("another lab is measuring"), "{error}");
    drop(store);
    assert!(Store::open(folder.path()).is_ok());
}

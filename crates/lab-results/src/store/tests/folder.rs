//! Finding results in folders.

use std::slice;

use super::*;
use crate::result::Mode;

#[test]
fn results_keep_the_order_of_their_runs_wherever_a_clock_jumps() {
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
    let warnings = std::cell::RefCell::new(Vec::new());
    let warn = |why: &str| warnings.borrow_mut().push(why.to_owned());
    let read: Vec<_> = read_each(folder.path(), warn).unwrap().collect();
    assert_eq!((read.len(), &read[0].0), (1, &whole));
    let [why] = &warnings.into_inner()[..] else {
        panic!("one is torn")
    };
    assert!(why.starts_with("warning: left aside: ") && why.contains("this file is torn"));
    assert_eq!(newest(folder.path()).unwrap(), Some(whole));
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
fn load_and_outside_claims_of_the_same_programs_match_a_result() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let written = |mode: Mode, complete, hash: &str| {
        let mut file = empty();
        file.request.mode = mode;
        file.request.only = vec![mode.to_string()];
        file.complete = complete;
        file.hashes = [("go/server".to_owned(), hash.to_owned())].into();
        file.began += u64::from(complete);
        store.end(store.begin(file).unwrap()).unwrap()
    };
    let own = written(Mode::Quick, true, "a");
    let matching = || with_load_and_outside(folder.path(), own.clone()).unwrap();
    written(Mode::Load, false, "a");
    assert_eq!(matching(), slice::from_ref(&own), "one that is not whole");
    let load = written(Mode::Load, true, "b");
    assert_eq!(matching(), slice::from_ref(&own), "one of other programs");
    fs::remove_file(load).unwrap();
    let load = written(Mode::Load, true, "a");
    assert_eq!(matching(), [own.clone(), load.clone()]);
    let outside = written(Mode::Outside, true, "a");
    assert_eq!(matching(), [own.clone(), outside, load]);
}

#[test]
fn the_newest_share_of_a_partition_brings_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let written = |mode: Mode, partition, hash: &str| {
        let mut file = empty();
        file.request.mode = mode;
        file.request.partition = partition;
        file.hashes = [("go/server".to_owned(), hash.to_owned())].into();
        store.end(store.begin(file).unwrap()).unwrap();
    };
    let shares = || -> Vec<Option<[usize; 2]>> {
        let found = newest_of_mode(folder.path(), Mode::Sweep).unwrap();
        found.iter().map(|file| file.request.partition).collect()
    };
    assert_eq!(shares(), []);
    written(Mode::Sweep, Some([1, 3]), "another build");
    written(Mode::Sweep, Some([2, 3]), "a");
    written(Mode::Sweep, Some([1, 2]), "a");
    written(Mode::Sweep, Some([2, 3]), "a");
    written(Mode::Sweep, Some([3, 3]), "a");
    written(Mode::Quick, None, "a");
    assert_eq!(shares(), [Some([3, 3]), Some([2, 3])]);
    written(Mode::Sweep, None, "a");
    assert_eq!(shares(), [None]);
}

#[test]
fn a_folder_without_results_has_no_newest() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(newest(&folder.path().join("none")).unwrap(), None);
}

//! What the caches promise; `go/leaks/leaks_test.go` has the same tests.

use std::{
    cell::Cell,
    hash::{Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind},
};

use leaks::{Cache, Lru, add_to_cache};
use pair::{Counted, Tally, settle};

fn lru(limit: usize, keys: &str) -> Lru<String, usize> {
    let mut lru = Lru::new(limit);
    for (number, key) in keys.split_whitespace().enumerate() {
        lru.put(key.to_owned(), number);
    }
    lru
}

fn keys(lru: &Lru<String, usize>) -> String {
    let keys: Vec<_> = lru.entries().map(|entry| entry.key.as_str()).collect();
    keys.join(" ")
}

#[test]
fn a_growing_cache_keeps_every_value() {
    let tally = Tally::new();
    let mut cache = Cache::new();
    for number in 0..100 {
        add_to_cache(&mut cache, number.to_string(), Counted::new(&tally, ()));
    }
    settle();
    assert_eq!((cache.len(), tally.alive()), (100, 100));
    add_to_cache(&mut cache, "7".to_owned(), Counted::new(&tally, ()));
    settle();
    assert_eq!((cache.len(), tally.freed()), (100, 1));
}

#[test]
fn the_value_unused_for_longest_has_to_go() {
    let cases = [
        (3, "", ""),
        (3, "a b c", "a b c"),
        (3, "a b c d", "b c d"),
        (3, "a b c d e f g", "e f g"),
        (3, "a b c a d", "c a d"),
        (3, "a a a", "a"),
        (1, "a b c", "c"),
        (0, "a b", "b"),
    ];
    for (limit, put, expected) in cases {
        assert_eq!(keys(&lru(limit, put)), expected, "{limit}, {put}");
    }
}

#[test]
fn put_returns_what_has_to_go() {
    let mut lru = lru(2, "a b");
    let mut put = |key: &str, value| {
        let gone = lru.put(key.to_owned(), value);
        gone.map(|entry| (entry.key, entry.value))
    };
    assert_eq!(put("b", 7), Some(("b".to_owned(), 1)));
    assert_eq!(put("c", 8), Some(("a".to_owned(), 0)));
    assert_eq!(put("b", 9), Some(("b".to_owned(), 7)));
    assert_eq!(keys(&lru), "c b");
}

#[test]
fn get_uses_a_value() {
    let cases = [
        ("a", Some(0), "b c a"),
        ("b", Some(1), "a c b"),
        ("c", Some(2), "a b c"),
        ("d", None, "a b c"),
    ];
    for (key, value, expected) in cases {
        let mut lru = lru(3, "a b c");
        assert_eq!(lru.get(&key.to_owned()).copied(), value, "{key}");
        assert_eq!(keys(&lru), expected, "{key}");
    }
}

#[test]
fn remove_and_evict_take_out() {
    let cases = [
        ("a", "b c d"),
        ("b", "a c d"),
        ("c", "a b d"),
        ("d", "a b c"),
        ("e", "a b c d"),
    ];
    for (key, expected) in cases {
        let mut lru = lru(4, "a b c d");
        let removed = lru.remove(&key.to_owned()).map(|entry| entry.key);
        assert_eq!(removed.as_deref(), (key != "e").then_some(key));
        assert_eq!(keys(&lru), expected, "{key}");
        for oldest in expected.split(' ') {
            assert_eq!(lru.evict().expect("an entry").key, oldest);
        }
        assert!(lru.evict().is_none());
        lru.put("z".to_owned(), 0);
        assert_eq!(keys(&lru), "z");
    }
}

#[test]
fn a_lower_limit_lets_the_surplus_go() {
    let cases = [
        (5, "", "a b c d"),
        (4, "", "a b c d"),
        (2, "a b", "c d"),
        (1, "a b c", "d"),
        (0, "a b c", "d"),
    ];
    for (limit, gone, left) in cases {
        let mut lru = lru(4, "a b c d");
        let entries = lru.set_limit(limit);
        let went: Vec<_> = entries.into_iter().map(|entry| entry.key).collect();
        assert_eq!(
            (went.join(" ").as_str(), keys(&lru).as_str()),
            (gone, left)
        );
        lru.put("e".to_owned(), 4);
        assert_eq!(lru.entries().count(), limit.clamp(1, 5), "{limit}");
    }
}

#[test]
fn a_kept_entry_keeps_no_neighbours() {
    let tally = Tally::new();
    let mut lru = Lru::new(3);
    for key in ["a", "b", "c"] {
        lru.put(key, Counted::new(&tally, ()));
    }
    let kept = lru.remove(&"b");
    drop(lru);
    settle();
    assert_eq!(tally.alive(), 1);
    drop(kept);
    settle();
    assert_eq!(tally.alive(), 0);
}

/// A number that may be none, and is then not equal to itself.
#[derive(Clone, Debug)]
struct Number(Option<u64>);

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_some() && self.0 == other.0
    }
}

// It is not, where it is none.
impl Eq for Number {}

thread_local! {
    static HASHES: Cell<bool> = const { Cell::new(true) };
}

/// A key whose hash panics on demand.
#[derive(Clone, PartialEq, Eq)]
struct Broken(u64);

impl Hash for Broken {
    fn hash<H: Hasher>(&self, state: &mut H) {
        assert!(HASHES.get(), "on purpose");
        self.0.hash(state);
    }
}

// only here: no key of Go has code of its own.
#[test]
fn a_limit_that_a_panic_of_a_hash_left_unmet_does_not_let_the_cache_grow() {
    let mut lru = Lru::new(3);
    for key in 0..3 {
        lru.put(Broken(key), key);
    }
    HASHES.set(false);
    let limited = catch_unwind(AssertUnwindSafe(|| lru.set_limit(1)));
    HASHES.set(true);
    assert!(limited.is_err());
    for key in 3..100 {
        lru.put(Broken(key), key);
        assert_eq!(lru.entries().count(), 3);
    }
    assert_eq!(lru.set_limit(1).len(), 2);
}

#[test]
fn a_key_that_is_not_equal_to_itself_is_refused() {
    let mut lru = Lru::new(2);
    lru.put(Number(Some(1)), 1);
    lru.put(Number(Some(2)), 2);
    for _ in 0..5 {
        let put = catch_unwind(AssertUnwindSafe(|| lru.put(Number(None), 3)));
        let says = put.err().expect("a panic");
        let says = says.downcast_ref::<&str>();
        assert_eq!(says, Some(&"a key has to be equal to itself"));
    }
    assert!(
        lru.get(&Number(None)).is_none() && lru.remove(&Number(None)).is_none()
    );
    let gone = lru.set_limit(1);
    assert_eq!((gone.len(), gone[0].value), (1, 1));
    assert_eq!(lru.get(&Number(Some(2))), Some(&2));
}

#[test]
fn a_million_entries_go_oldest_first() {
    let mut lru = Lru::new(1_000_000);
    for key in 0..=1_000_000 {
        lru.put(key, key);
    }
    for key in (1..=1_000_000).rev() {
        lru.get(&key);
    }
    let gone = lru.set_limit(1);
    assert!(gone.iter().map(|entry| entry.key).eq((2..=1_000_000).rev()));
    assert_eq!(lru.get(&1), Some(&1));
}

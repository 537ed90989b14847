//! The list, through what it exports; `go/footprint/footprint_test.go` has the same tests.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use footprint::List;

fn list(values: &[i64]) -> List<i64> {
    let mut list = List::new();
    for &value in values.iter().rev() {
        list.push(value);
    }
    list
}

fn values(list: &List<i64>) -> Vec<i64> {
    list.values().copied().collect()
}

#[test]
fn push_and_pop_work_in_front() {
    let mut list = List::new();
    assert_eq!(list.pop(), None);
    for value in 1..=3 {
        list.push(value);
    }
    assert_eq!((list.pop(), list.length()), (Some(3), 2));
    assert_eq!((list.pop(), list.length()), (Some(2), 1));
    assert_eq!((list.pop(), list.length()), (Some(1), 0));
    assert_eq!((list.pop(), list.length()), (None, 0));
}

#[test]
fn insert_reaches_up_to_the_end() {
    let cases = [
        (0, true, vec![9, 1, 2]),
        (1, true, vec![1, 9, 2]),
        (2, true, vec![1, 2, 9]),
        (3, false, vec![1, 2]),
        (1_000_000, false, vec![1, 2]),
    ];
    for (at, reaches, after) in cases {
        let mut list = list(&[1, 2]);
        assert_eq!(list.insert(at, 9), reaches, "at {at}");
        assert_eq!(values(&list), after, "at {at}");
        assert_eq!(list.length(), after.len(), "at {at}");
    }
}

#[test]
fn remove_takes_what_is_there() {
    let cases = [
        (0, Some(1), vec![2, 3]),
        (1, Some(2), vec![1, 3]),
        (2, Some(3), vec![1, 2]),
        (3, None, vec![1, 2, 3]),
        (1_000_000, None, vec![1, 2, 3]),
    ];
    for (at, taken, after) in cases {
        let mut list = list(&[1, 2, 3]);
        assert_eq!(list.remove(at), taken, "at {at}");
        assert_eq!(values(&list), after, "at {at}");
        assert_eq!(list.length(), after.len(), "at {at}");
    }
}

#[test]
fn reverse_turns_round() {
    for (before, after) in [
        (vec![], vec![]),
        (vec![1], vec![1]),
        (vec![1, 2], vec![2, 1]),
        (vec![1, 2, 3], vec![3, 2, 1]),
    ] {
        let mut list = list(&before);
        list.reverse();
        assert_eq!(values(&list), after);
        assert_eq!(list.length(), after.len());
    }
}

#[test]
fn retain_keeps_what_it_is_told_to() {
    for (before, after) in [
        (vec![], vec![]),
        (vec![1, 3], vec![]),
        (vec![2, 4], vec![2, 4]),
        (vec![1, 2, 3, 4], vec![2, 4]),
        (vec![2, 1, 1, 4, 1], vec![2, 4]),
    ] {
        let mut list = list(&before);
        list.retain(|value| value % 2 == 0);
        assert_eq!(values(&list), after);
        assert_eq!(list.length(), after.len());
    }
}

#[test]
fn values_may_stop_early() {
    let list = list(&[1, 2, 3]);
    assert_eq!(list.values().next(), Some(&1));
    assert_eq!(list.values().count(), 3);
}

#[test]
fn clear_leaves_an_empty_list() {
    let mut list = list(&[1, 2, 3]);
    list.clear();
    assert_eq!((list.length(), list.pop()), (0, None));
    list.push(4);
    assert_eq!(values(&list), [4]);
}

#[test]
fn a_million_nodes_go_without_recursion() {
    let mut list = List::new();
    for value in 0..1_000_000_i64 {
        list.push(value);
    }
    list.retain(|value| value % 2 == 0);
    list.reverse();
    assert_eq!(
        (list.length(), list.values().sum()),
        (500_000, 249_999_500_000_i64)
    );
    drop(list);
}

/// Calls what panics without a message: what it does then is what is tested.
fn panics(work: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(work)).is_err()
}

fn panic_on_purpose() -> ! {
    resume_unwind(Box::new("on purpose"))
}

#[test]
fn a_panic_of_the_predicate_leaves_a_whole_list() {
    // Of this many values every second one goes, until the panic comes in this call.
    for (count, call, left) in [
        (10, 1, 10),
        (10, 3, 9),
        (10, 10, 6),
        (1_000_000, 3, 999_999),
        (1_000_000, 1_000_000, 500_001),
    ] {
        let mut list = list(&(0..count).collect::<Vec<_>>());
        let mut calls = 0;
        assert!(panics(|| list.retain(|value| {
            calls += 1;
            if calls == call {
                panic_on_purpose();
            }
            value % 2 == 0
        })));
        assert_eq!(list.length(), left, "{call} of {count}");
        assert_eq!(list.values().count(), left, "{call} of {count}");
        list.retain(|value| value % 2 == 0);
        let even: Vec<_> = (0..count).step_by(2).collect();
        assert_eq!(values(&list), even, "{call} of {count}");
    }
}

/// Counts when it is dropped, and panics if its turn has come.
struct Bomb<'a> {
    dropped: &'a Cell<usize>,
    explodes: bool,
}

impl Drop for Bomb<'_> {
    fn drop(&mut self) {
        self.dropped.set(self.dropped.get() + 1);
        if self.explodes {
            panic_on_purpose();
        }
    }
}

// only here: Go's values have no destructor that could panic.
#[test]
fn a_panic_of_a_drop_leaves_a_whole_list_and_loses_nothing() {
    type Act = fn(&mut List<Bomb>);
    let acts: [(&str, Act, usize); 5] = [
        ("retain", |list| list.retain(|_| false), 3),
        ("clear", |list| list.clear(), 3),
        ("assign", |list| *list = List::new(), 1_000_000),
        ("pop", |list| drop((list.pop(), list.pop(), list.pop())), 3),
        ("remove", |list| drop(list.remove(2)), 1),
    ];
    for (name, act, gone) in acts {
        let dropped = Cell::new(0);
        let mut list = List::new();
        for number in (0..1_000_000).rev() {
            let explodes = number == 2;
            list.push(Bomb {
                dropped: &dropped,
                explodes,
            });
        }
        assert!(panics(|| act(&mut list)), "{name}");
        assert_eq!(dropped.get(), gone, "{name}");
        assert_eq!(list.length(), 1_000_000 - gone, "{name}");
        assert_eq!(list.values().count(), list.length(), "{name}");
        drop(list);
        assert_eq!(dropped.get(), 1_000_000, "{name}: each exactly once");
    }
}

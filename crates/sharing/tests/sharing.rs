// Twin: go/sharing/sharing_test.go

//! What workers do with the value that they share.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use sharing::{Worker, ask, clone_and_drop, lend, share};

#[test]
fn share_returns_the_results_in_the_order_of_the_workers() {
    let value = Arc::new(10);
    for (workers, expected) in [(0, vec![]), (1, vec![10]), (4, vec![10, 11, 12, 13])] {
        assert_eq!(
            share(&value, workers, |worker, value| **value + worker),
            expected
        );
    }
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn all_workers_see_the_same_value() {
    let value = Arc::new(AtomicUsize::new(0));
    share(&value, 8, |_, value| {
        for _ in 0..1000 {
            value.fetch_add(1, Relaxed);
        }
    });
    assert_eq!(value.load(Relaxed), 8000);
}

#[test]
fn clone_and_drop_leaves_the_value_as_it_was() {
    let value = Arc::new(7);
    for times in [0, 1, 1000] {
        clone_and_drop(&value, times);
        assert_eq!(*value, 7);
    }
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn a_worker_answers_each_question() {
    let worker = Worker::start(Arc::new(6));
    let answers: Vec<_> = (0..5)
        .map(|n| ask(&worker, move |value| **value * n))
        .collect();
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(answer.recv(), Ok(6 * n));
    }
}

#[test]
fn a_closed_worker_has_done_its_jobs() {
    let value = Arc::new(AtomicUsize::new(0));
    let worker = Worker::start(value.clone());
    for _ in 0..100 {
        ask(&worker, |value| value.fetch_add(1, Relaxed));
    }
    drop(worker);
    assert_eq!(value.load(Relaxed), 100);
    assert_eq!(Arc::strong_count(&value), 1);
}

// only here: Go has no borrowing, so nothing is lent.
#[test]
fn what_is_lent_may_be_a_local_and_is_not_counted() {
    let words = ["a", "b", "c"];
    assert_eq!(lend(&words, 3, |worker, words| words[worker]), words);
}

// only here: a panic in a goroutine ends a Go program.
#[test]
fn a_panic_of_a_worker_reaches_whoever_waits() {
    let caught = thread::spawn(|| share(&Arc::new(()), 2, |_, _| panic!("as asked"))).join();
    let message = caught.expect_err("a panic");
    assert_eq!(message.downcast_ref(), Some(&"as asked"));
}

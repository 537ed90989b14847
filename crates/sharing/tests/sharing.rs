// Twin: go/sharing/sharing_test.go

//! What workers do with the value that they share.

use std::{
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    thread,
    time::Duration,
};

use sharing::{Worker, ask, clone_and_drop, lend, share};

#[test]
fn share_returns_the_results_in_the_order_of_the_workers() {
    let value = Arc::new(10);
    for (workers, expected) in
        [(0, vec![]), (1, vec![10]), (4, vec![10, 11, 12, 13])]
    {
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

// only here: Go has no borrowing, so nothing is lent, and counts no handles.
#[test]
fn what_is_lent_may_be_a_local_and_is_not_counted() {
    let words = ["a", "b", "c"];
    assert_eq!(lend(&words, 3, |worker, words| words[worker]), words);
    let value = Arc::new(7);
    for workers in [1, 3] {
        let counts = lend(&value, workers, |_, value| Arc::strong_count(value));
        assert_eq!(counts, vec![1; workers]);
        let started: Vec<_> =
            (0..workers).map(|_| Worker::start(value.clone())).collect();
        assert_eq!(Arc::strong_count(&value), 1 + workers);
        drop(started);
    }
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn a_panic_of_a_worker_reaches_the_caller_once_all_have_ended() {
    let ended = Arc::new(AtomicUsize::new(0));
    let shared = thread::spawn({
        let ended = ended.clone();
        move || {
            share(&ended, 8, |worker, ended| {
                if worker == 3 || worker == 5 {
                    resume_unwind(Box::new(worker));
                }
                thread::sleep(Duration::from_millis(20));
                ended.fetch_add(1, Relaxed);
            })
        }
    });
    let panic = shared.join().expect_err("a panic");
    assert_eq!(panic.downcast_ref(), Some(&3_usize));
    assert_eq!(ended.load(Relaxed), 6);
    assert_eq!(Arc::strong_count(&ended), 1);
}

#[test]
fn a_busy_worker_can_be_asked_and_answers_later() {
    let worker = Worker::start(Arc::new(6));
    let (go_on, waits) = mpsc::channel::<()>();
    let busy = ask(&worker, move |_| waits.recv().is_err());
    let answers: Vec<_> = (0..1000)
        .map(|n| ask(&worker, move |value| **value * n))
        .collect();
    assert!(busy.try_recv().is_err());
    drop(go_on);
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(answer.recv(), Ok(6 * n));
    }
}

#[test]
fn a_job_may_ask_its_own_worker() {
    let worker = Arc::new(Worker::start(Arc::new(6)));
    let own = worker.clone();
    let asked = ask(&worker, move |_| ask(&own, |value| **value + 1));
    let answer = asked.recv().expect("a channel");
    assert_eq!(answer.recv(), Ok(7));
    // The job that held it is over once the next one is done.
    ask(&worker, |_| ()).recv().expect("an answer");
    assert_eq!(Arc::strong_count(&worker), 1);
}

#[test]
fn a_question_that_panics_has_no_answer_and_the_worker_goes_on() {
    let value = Arc::new(6);
    let worker = Worker::start(value.clone());
    for n in 0..3 {
        let panics = ask(&worker, |_| -> i32 {
            resume_unwind(Box::new("on purpose"))
        });
        assert!(panics.recv().is_err());
        assert_eq!(ask(&worker, move |value| **value * n).recv(), Ok(6 * n));
    }
    drop(worker);
    assert_eq!(Arc::strong_count(&value), 1);
}

// Twin: go/pauses/pauses_test.go

//! What sessions remember in both languages.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use pauses::{PAGE, Sessions};

/// Sessions whose visits are numbered from 1.
fn sessions(count: i64) -> Sessions<i64> {
    let mut sessions = Sessions::new();
    let mut visits = 1..;
    for _ in 0..count {
        sessions.open(|| visits.next().expect("there are always more"));
    }
    sessions
}

fn history(sessions: &Sessions<i64>, key: i64) -> Vec<i64> {
    sessions.history(key).into_iter().copied().collect()
}

#[test]
fn a_new_session_has_a_full_history() {
    let sessions = sessions(2);
    assert_eq!(sessions.live(), 2);
    assert_eq!(history(&sessions, 1), [4, 3, 2, 1]);
    assert_eq!(history(&sessions, 2), [8, 7, 6, 5]);
}

#[test]
fn a_request_takes_the_place_of_the_oldest_visit() {
    let mut sessions = sessions(1);
    for (visit, byte) in [(10, 6), (11, 7), (12, 8), (13, 9), (14, 10)] {
        assert_eq!(sessions.request(1, visit), Some(vec![byte; PAGE]));
    }
    assert_eq!(history(&sessions, 1), [14, 13, 12, 11]);
}

#[test]
fn a_request_without_a_session_is_not_answered() {
    let mut sessions = sessions(1);
    for key in [-1, 0, 2] {
        assert_eq!(sessions.request(key, 10), None);
        assert!(history(&sessions, key).is_empty());
    }
}

#[test]
fn the_same_seed_draws_the_same_keys() {
    for (count, seed, checksum) in
        [(0, 1, 0), (1, 1, 10), (1000, 7, 856_686_704)]
    {
        assert_eq!(sessions(10).requests(count, seed, || 0), checksum);
    }
    assert_eq!(sessions(0).requests(10, 1, || 0), 0);
}

#[test]
fn keys_are_drawn_among_the_open_sessions() {
    let mut sessions = sessions(10);
    for _ in 0..7 {
        sessions.close();
    }
    let (mut lots, mut drawn) = (1, [0; 11]);
    for _ in 0..1000 {
        drawn[sessions.draw(&mut lots) as usize] += 1;
    }
    assert_eq!(drawn[..8], [0; 8]);
    assert!(drawn[8..].iter().all(|&times| times > 250), "{drawn:?}");
}

#[test]
fn close_takes_the_oldest_session() {
    let mut sessions = sessions(2);
    for (live, first, second) in [(1, 0, 4), (0, 0, 0), (0, 0, 0)] {
        sessions.close();
        let left = [1, 2].map(|key| history(&sessions, key).len());
        assert_eq!((sessions.live(), left), (live, [first, second]));
    }
}

#[test]
fn close_all_takes_every_session() {
    let mut sessions = sessions(3);
    sessions.close_all();
    assert_eq!(sessions.live(), 0);
    assert!((1..=3).all(|key| history(&sessions, key).is_empty()));
    assert_eq!(sessions.open(|| 0), 4);
    assert_eq!(sessions.draw(&mut 1), 4);
}

#[test]
fn a_panic_of_the_visitor_opens_nothing_and_loses_nothing() {
    for place in 1..=4 {
        let mut sessions = sessions(2);
        let mut calls = 0;
        let mut visit = || {
            calls += 1;
            if calls == place {
                resume_unwind(Box::new("on purpose"));
            }
            0
        };
        let opened =
            catch_unwind(AssertUnwindSafe(|| sessions.open(&mut visit)));
        assert!(opened.is_err(), "visit {place}");
        assert_eq!(sessions.live(), 2);
        assert_eq!(sessions.open(|| 0), 3);
        assert_eq!(history(&sessions, 2), [8, 7, 6, 5]);
        calls = 0;
        let mut visit = || {
            calls += 1;
            if calls == place {
                resume_unwind(Box::new("on purpose"));
            }
            0
        };
        let asked = catch_unwind(AssertUnwindSafe(|| {
            sessions.requests(10, 1, &mut visit)
        }));
        assert!(asked.is_err(), "visit {place}");
        assert!((1..=3).all(|key| history(&sessions, key).len() == 4));
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
            resume_unwind(Box::new("on purpose"));
        }
    }
}

// only here: Go's values have no destructor that could panic.
#[test]
fn a_panic_of_a_drop_frees_every_visit_once() {
    type Act = fn(&mut Sessions<Bomb>);
    let acts: [(&str, Act, usize, i64); 4] = [
        ("close", |sessions| sessions.close(), 4, 99),
        ("close_all", |sessions| sessions.close_all(), 400, 0),
        ("assign", |sessions| *sessions = Sessions::new(), 400, 0),
        (
            "request",
            |sessions| assert_eq!(sessions.history(1).len(), 4),
            0,
            100,
        ),
    ];
    for (name, act, gone, live) in acts {
        let dropped = Cell::new(0);
        let mut number = 0;
        let mut sessions = Sessions::new();
        for _ in 0..100 {
            sessions.open(|| {
                number += 1;
                Bomb {
                    dropped: &dropped,
                    explodes: number == 2,
                }
            });
        }
        let ended = catch_unwind(AssertUnwindSafe(|| act(&mut sessions)));
        assert_eq!(ended.is_err(), gone > 0, "{name}");
        assert_eq!((dropped.get(), sessions.live()), (gone, live), "{name}");
        let ended = catch_unwind(AssertUnwindSafe(|| drop(sessions)));
        assert_eq!(ended.is_err(), gone == 0, "{name}");
        assert_eq!(dropped.get(), 400, "{name}: each exactly once");
    }
}

// Twin: go/reclaim/reclaim_test.go

//! What a window keeps in both languages.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use reclaim::{Window, allocate_data, filled, sum};

/// A window of small buffers, each filled with its own number.
fn window(places: usize, made: u8) -> Window<Vec<u8>> {
    let mut window = Window::new(places);
    for number in 1..=made {
        window.keep(filled(2, number));
    }
    window
}

/// The numbers of the buffers that the window keeps.
fn kept(window: &Window<Vec<u8>>) -> Vec<usize> {
    let full = |number: &usize| {
        window.get(*number).is_some_and(|data| !data.is_empty())
    };
    (0..=window.made() + 1).filter(full).collect()
}

#[test]
fn every_byte_of_a_filled_buffer_is_written() {
    for (size, byte, total) in
        [(0, 1, 0), (1, 255, 255), (3, 7, 21), (1024, 1, 1024)]
    {
        let data = filled(size, byte);
        assert_eq!((data.len(), sum(&data)), (size, total));
    }
}

#[test]
fn each_buffer_is_used_before_the_next_is_made() {
    let made = Cell::new(0);
    let mut used = Vec::new();
    let new_data = || {
        made.set(made.get() + 1);
        filled(1, made.get())
    };
    allocate_data(3, new_data, |data| used.push((made.get(), data[0])));
    assert_eq!(used, [(1, 1), (2, 2), (3, 3)]);
}

#[test]
fn a_window_keeps_the_newest() {
    let cases: [(usize, u8, &[usize]); 6] = [
        (0, 2, &[2]),
        (3, 0, &[]),
        (3, 2, &[1, 2]),
        (3, 3, &[1, 2, 3]),
        (3, 7, &[5, 6, 7]),
        (1, 9, &[9]),
    ];
    for (places, made, expected) in cases {
        let window = window(places, made);
        assert_eq!(kept(&window), expected);
        let size = places.max(1);
        assert_eq!((window.size(), window.made()), (size, usize::from(made)));
    }
}

#[test]
fn a_number_leads_to_its_buffer() {
    let window = window(3, 5);
    for (number, data) in
        [(3, Some(3)), (5, Some(5)), (2, None), (6, None), (0, None)]
    {
        assert_eq!(window.get(number).map(|data| data[0]), data);
    }
}

#[test]
fn release_empties_one_place() {
    let mut window = window(3, 5);
    for number in [0, 2, 4, 4, 6] {
        window.release(number);
    }
    assert_eq!(kept(&window), [3, 5]);
}

#[test]
fn clear_empties_every_place() {
    let mut window = window(3, 5);
    window.clear();
    assert!(kept(&window).is_empty());
    assert_eq!(window.keep(filled(2, 6)), 6);
    assert_eq!(kept(&window), [6]);
}

#[test]
fn resize_keeps_the_newest() {
    let cases: [(usize, u8, usize, &[usize]); 7] = [
        (3, 5, 0, &[5]),
        (3, 5, 2, &[4, 5]),
        (3, 5, 3, &[3, 4, 5]),
        (3, 5, 9, &[3, 4, 5]),
        (9, 5, 1, &[5]),
        (9, 5, 8, &[1, 2, 3, 4, 5]),
        (3, 0, 1, &[]),
    ];
    for (before, made, after, expected) in cases {
        let mut window = window(before, made);
        window.resize(after);
        assert_eq!(kept(&window), expected);
        assert_eq!(window.size(), after.max(1));
        assert_eq!(window.keep(filled(2, made + 1)), usize::from(made) + 1);
    }
}

#[test]
fn a_size_that_no_block_can_have_is_a_panic() {
    for size in [isize::MAX as usize + 1, usize::MAX] {
        assert!(catch_unwind(|| filled(size, 1)).is_err());
        assert!(catch_unwind(|| Window::<Vec<u8>>::new(size)).is_err());
        let mut window = window(3, 5);
        assert!(
            catch_unwind(AssertUnwindSafe(|| window.resize(size))).is_err()
        );
        assert_eq!(kept(&window), [3, 4, 5]);
    }
}

#[test]
fn a_panic_of_the_work_is_passed_on_and_frees_the_buffer() {
    let made = Cell::new(0);
    let work = |data: &Vec<u8>| {
        if data[0] == 2 {
            resume_unwind(Box::new("on purpose"));
        }
    };
    let new_data = || {
        made.set(made.get() + 1);
        filled(1, made.get())
    };
    let passed =
        catch_unwind(AssertUnwindSafe(|| allocate_data(3, new_data, work)));
    let payload = passed.expect_err("a panic");
    assert_eq!(payload.downcast_ref(), Some(&"on purpose"));
    assert_eq!(made.get(), 2);
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
fn a_panic_of_a_drop_leaves_a_whole_window() {
    type Act = fn(&mut Window<Option<Bomb>>);
    let acts: [(&str, Act, &[usize], usize); 4] = [
        (
            "keep",
            |window| assert_eq!(window.keep(None), 5),
            &[2, 3, 4],
            4,
        ),
        ("release", |window| window.release(1), &[2, 3, 4], 4),
        ("resize", |window| window.resize(2), &[3, 4], 2),
        ("clear", |window| window.clear(), &[2, 3], 4),
    ];
    for (name, act, left, size) in acts {
        let dropped = Cell::new(0);
        let mut window = Window::new(4);
        for number in 1..=4 {
            window.keep(Some(Bomb {
                dropped: &dropped,
                explodes: number == 1,
            }));
        }
        assert!(catch_unwind(AssertUnwindSafe(|| act(&mut window))).is_err());
        let full =
            |number: &usize| window.get(*number).is_some_and(Option::is_some);
        let kept: Vec<_> = (1..=4).filter(full).collect();
        // Clearing begins at the first place, where the fourth buffer stands.
        assert_eq!((kept.as_slice(), window.size()), (left, size), "{name}");
        assert_eq!(dropped.get(), 4 - left.len(), "{name}");
        drop(window);
        assert_eq!(dropped.get(), 4, "{name}");
    }
}

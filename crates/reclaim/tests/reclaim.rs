// Twin: go/reclaim/reclaim_test.go

//! What a window keeps, whoever frees the rest.

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
    let full = |number: &usize| window.get(*number).is_some_and(|data| !data.is_empty());
    (0..=window.made() + 1).filter(full).collect()
}

#[test]
fn every_byte_of_a_filled_buffer_is_written() {
    for (size, byte, total) in [(0, 1, 0), (1, 255, 255), (3, 7, 21), (1024, 1, 1024)] {
        let data = filled(size, byte);
        assert_eq!((data.len(), sum(&data)), (size, total));
    }
}

#[test]
fn each_buffer_is_used_before_the_next_is_made() {
    let made = std::cell::Cell::new(0);
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
    let cases: [(usize, u8, &[usize]); 5] = [
        (3, 0, &[]),
        (3, 2, &[1, 2]),
        (3, 3, &[1, 2, 3]),
        (3, 7, &[5, 6, 7]),
        (1, 9, &[9]),
    ];
    for (places, made, expected) in cases {
        let window = window(places, made);
        assert_eq!(kept(&window), expected);
        assert_eq!((window.size(), window.made()), (places, usize::from(made)));
    }
}

#[test]
fn a_number_leads_to_its_buffer() {
    let window = window(3, 5);
    for (number, data) in [(3, Some(3)), (5, Some(5)), (2, None), (6, None), (0, None)] {
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
    let cases: [(usize, u8, usize, &[usize]); 6] = [
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
        assert_eq!(window.size(), after);
    }
}

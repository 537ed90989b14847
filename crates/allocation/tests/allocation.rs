// Twin: go/allocation/allocation_test.go

//! What the three forms return, and that they return the same.

use allocation::{LENGTH, as_written, escaping, observed, removable};

#[test]
fn every_form_adds_up_what_was_written_and_the_lengths() {
    let table = [
        (0, 100, 0),
        (1, 0, 0),
        (1, 1, 1),
        (3, 1, 6),
        (4, 100, 406),
        (1000, 4, 503_500),
        (1000, 100, 599_500),
    ];
    for (count, length, expected) in table {
        for form in [removable, observed, escaping] {
            assert_eq!(form(count, length), expected, "{count} of {length}");
        }
    }
}

#[test]
fn the_article_makes_slices_of_a_hundred() {
    assert_eq!(LENGTH, 100);
    as_written(3);
}

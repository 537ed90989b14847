// Twin: go/escape/escape_test.go

//! What each function returns, wherever its values live.

use escape::{
    Square, any_shape, any_value, area_of, copied, counter, fleeting, grown,
    heap, joined, known, lent, local, measured, spawned, table, unknown,
};

#[test]
fn a_number_is_one_more_wherever_it_lives() {
    for n in [-1, 0, 41, 1_000_000] {
        assert_eq!(local(n), n + 1);
        assert_eq!(*heap(n), n + 1);
        assert_eq!(fleeting(n), n + 1);
        assert_eq!(lent(n), n + 1);
        assert_eq!(spawned(n), n + 1);
    }
}

#[test]
fn each_counter_counts_for_itself() {
    let (mut a, mut b) = (counter(0), counter(10));
    assert_eq!([a(), a(), b(), a(), b()], [1, 2, 11, 3, 12]);
}

#[test]
fn a_shape_has_one_area_however_it_is_asked() {
    for (side, area) in [(0, 0), (1, 1), (6, 36), (-3, 9)] {
        assert_eq!(any_shape(side).area(), area);
        assert_eq!(area_of(&Square { side }), area);
        assert_eq!(measured(side), area);
    }
}

#[test]
fn a_value_of_any_type_keeps_its_own() {
    for n in [0, 7, 1000] {
        assert_eq!(any_value(n).downcast_ref::<i64>(), Some(&n));
    }
}

#[test]
fn slices_add_up_whatever_is_known_of_their_size() {
    assert_eq!(known(1), 36);
    for (count, sum) in [(0, 0), (1, 0), (4, 6), (5, 10), (1000, 499_500)] {
        assert_eq!(unknown(count), sum);
        assert_eq!(grown(count), sum);
    }
}

#[test]
fn a_table_has_each_square_once() {
    for (count, size) in [(0, 0), (1, 1), (4, 4), (1000, 159), (2000, 159)] {
        assert_eq!(table(count), size);
    }
}

#[test]
fn texts_and_copies_are_new_values() {
    assert_eq!(joined(-42), "number -42");
    assert_eq!(copied(1), [1, 2, 3, 4, 5, 6, 7, 8]);
}

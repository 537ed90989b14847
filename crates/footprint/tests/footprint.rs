//! The list, through what it exports; `go/footprint/footprint_test.go` has the same tests.

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

//! The arena and the count, through what is exported; `go/allocator/allocator_test.go` has the same tests.

use std::{
    alloc::System,
    hint::black_box,
    panic::{catch_unwind, resume_unwind},
};

use allocator::{Arena, Recording, Requests, requests_of};

#[global_allocator]
static ALLOCATOR: Recording<System> = Recording(System);

/// 256 bytes that start at a multiple of 256.
fn aligned(memory: &mut [u8; 512]) -> &mut [u8] {
    Arena::new(memory).alloc(256, 256).expect("there is room")
}

#[test]
fn alloc_aligns_and_ends_where_the_memory_ends() {
    let cases = [
        (0, 0, 1, Some(0)),
        (0, 256, 1, Some(0)),
        (0, 257, 1, None),
        (1, 1, 1, Some(1)),
        (1, 1, 2, Some(2)),
        (1, 8, 8, Some(8)),
        (8, 8, 8, Some(8)),
        (9, 8, 64, Some(64)),
        (1, 128, 128, Some(128)),
        (1, 129, 128, None),
        (1, 0, 256, Some(256)),
        (1, 1, 256, None),
        (256, 1, 1, None),
        (256, 0, 1, None),
        (256, 0, 64, None),
        (255, 0, 256, Some(256)),
        (60, 0, 64, Some(64)),
        (0, 8, 0, None),
        (0, 8, 3, None),
        (0, isize::MAX as usize, 1, None),
        (1, 1, 1 << 62, None),
        (0, 8, 1 << 63, None),
        (0, 0, 0, None),
    ];
    for (before, size, align, place) in cases {
        let mut memory = [0; 512];
        let mut arena = Arena::new(aligned(&mut memory));
        arena.alloc(before, 1).expect("there is room");
        let length = arena.alloc(size, align).map(|block| block.len());
        let found = length.map(|length| 256 - arena.left() - length);
        assert_eq!(found, place, "{size} bytes at {align} behind {before}");
        assert!(length.is_none_or(|length| length == size));
    }
}

#[test]
fn blocks_do_not_overlap() {
    let mut memory = [0; 512];
    let mut arena = Arena::new(aligned(&mut memory));
    let blocks: Vec<_> =
        (1..=20).filter_map(|size| arena.alloc(size, 4)).collect();
    assert_eq!(blocks.len(), 20);
    let mut written = blocks;
    for (number, block) in written.iter_mut().enumerate() {
        block.fill(number as u8);
    }
    for (number, block) in written.iter().enumerate() {
        assert!(block.iter().all(|&byte| usize::from(byte) == number));
    }
}

#[test]
fn a_refused_block_takes_nothing() {
    let mut memory = [0; 512];
    let mut arena = Arena::new(aligned(&mut memory));
    assert!(arena.alloc(300, 1).is_none());
    assert_eq!(arena.left(), 256);
    assert!(arena.alloc(256, 1).is_some());
    assert_eq!(arena.left(), 0);
}

#[test]
fn a_scope_gives_back_what_it_handed_out() {
    let mut memory = [0; 512];
    let mut arena = Arena::new(aligned(&mut memory));
    let kept = arena.alloc(16, 1).expect("there is room");
    kept.fill(1);
    let mut scope = arena.scope();
    scope.alloc(100, 1).expect("there is room").fill(2);
    let mut inner = scope.scope();
    inner.alloc(100, 1).expect("there is room").fill(3);
    assert_eq!(inner.left(), 40);
    assert_eq!(scope.left(), 140);
    assert_eq!(arena.left(), 240);
    // Not cleared: what the scope wrote is still there.
    assert_eq!(arena.alloc(2, 1).expect("there is room"), [2, 2]);
    assert_eq!(kept, [1; 16]);
}

#[test]
fn requests_are_counted() {
    let nothing = requests_of(|| {
        black_box(1);
    });
    assert_eq!((nothing.blocks, nothing.bytes), (0, 0));
    let mut kept = Vec::with_capacity(10);
    let ten = requests_of(|| {
        for _ in 0..10 {
            kept.push(black_box(Box::new([0_u8; 64])));
        }
    });
    assert_eq!((ten.blocks, ten.bytes), (10, 640));
}

#[test]
fn work_within_work_counts_for_both_and_may_panic() {
    let mut inner = [Requests::default(); 2];
    let outer = requests_of(|| {
        black_box(Box::new([0_u8; 64]));
        inner[0] = requests_of(|| drop(black_box(Box::new([0_u8; 128]))));
        black_box(Box::new([0_u8; 64]));
        inner[1] = requests_of(|| ());
    });
    assert_eq!((outer.blocks, outer.bytes), (3, 256));
    assert_eq!(outer.sizes, [64, 128, 64, 0, 0, 0, 0, 0]);
    assert_eq!((inner[0].blocks, inner[0].bytes), (1, 128));
    assert_eq!((inner[1].blocks, inner[1].bytes), (0, 0));

    let panic = || -> Requests {
        requests_of(|| resume_unwind(Box::new("on purpose")))
    };
    let caught = requests_of(|| {
        let payload = catch_unwind(panic).expect_err("a panic");
        assert_eq!(payload.downcast_ref(), Some(&"on purpose"));
        black_box(Box::new([0_u8; 64]));
    });
    assert!(caught.blocks >= 1 && caught.bytes >= 64, "{caught:?}");
    assert_eq!(requests_of(|| ()), Requests::default());
}

// only here: Go does not tell the sizes.
#[test]
fn the_first_sizes_are_kept() {
    let requests = requests_of(|| {
        for size in 1..=10 {
            black_box(vec![0_u8; size]);
        }
    });
    assert_eq!((requests.blocks, requests.bytes), (10, 55));
    assert_eq!(requests.sizes, [1, 2, 3, 4, 5, 6, 7, 8]);
}

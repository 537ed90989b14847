//! The topic `allocator`: an arena, and what is asked of the heap.

use predicates::prelude::*;
use tests::Pair;

tests::contract!("allocator");

#[test]
fn the_arena_asks_the_heap_for_nothing() {
    let demo = Pair::of("allocator").same(&["demo"]).success();
    demo.stdout(predicate::str::ends_with(
        "1000 blocks from the arena: 64000 bytes of it, 0 requests to the heap\n\
         1000 blocks from the heap: 64000 bytes in 1000 requests\n",
    ));
}

#[test]
fn what_is_seen_and_what_is_kept_in_either_language() {
    Pair::of("allocator").assert_contrast(&[
        ["requests seen while 1000 blocks were made", "1000", "1000"],
        // By how much a list grows is the standard library's affair.
        [
            "bytes that a list asked for until it held 1000 integers",
            "*",
            "*",
        ],
        [
            "of 1000 blocks in a pool: left at once, after two collections",
            "1000, 0",
            "1000, 1000",
        ],
        [
            "values that one reference keeps, in a slab of 1000",
            "1000",
            "1",
        ],
        [
            "of 10 values to which only memory off the heap refers: freed, alive",
            "10, 0",
            "0, 10",
        ],
    ]);
}

#[test]
fn a_list_asks_for_more_than_it_holds_in_the_end() {
    let name = "bytes that a list asked for until it held 1000 integers";
    for bytes in Pair::of("allocator").fact(name) {
        let bytes: usize = bytes.parse().expect("a number");
        assert!((8_000..64_000).contains(&bytes), "{bytes}");
    }
}

#[test]
fn a_place_is_a_multiple_of_the_alignment() {
    for exponent in 0..=12 {
        let align = 1 << exponent;
        let script = format!("alloc 1 1\nalloc 1 {align}\nalloc 1 {align}\n");
        let (second, third) = (align, 2 * align);
        let done = Pair::of("allocator").script(script).success();
        done.stdout(format!(
            "block 1 at 0\nblock 2 at {second}\nblock 3 at {third}\n"
        ));
    }
}

#[test]
fn an_alignment_that_is_no_power_of_two_is_refused() {
    for align in [3, 6, 100, 4095] {
        let refused = Pair::of("allocator")
            .script(format!("alloc 1 {align}\n"))
            .code(2);
        refused.stderr(format!(
            "error: line 1: ALIGN: \"{align}\" is not a power of two\n"
        ));
    }
}

#[test]
fn a_full_arena_says_so_and_goes_on() {
    let script = "alloc 65530 1\nalloc 7 1\nalloc 6 1\nalloc 1 1\nstats\n";
    let done = Pair::of("allocator").script(script).success();
    done.stdout(
        "block 1 at 0\nno room\nblock 2 at 65530\nno room\n\
         65536 of 65536 bytes used, 2 blocks of 65536 bytes alive\n",
    );
}

#[test]
fn freed_bytes_come_back_with_reset_only() {
    let script = "alloc 10 1\nfree 1\nstats\nalloc 10 1\nreset\nalloc 10 1\n";
    let done = Pair::of("allocator").script(script).success();
    done.stdout(
        "block 1 at 0\n10 of 65536 bytes used, 0 blocks of 0 bytes alive\nblock 2 at 10\nblock 3 at 0\n",
    );
}

#[test]
fn a_reset_forgets_the_blocks_since_the_mark() {
    let script = "alloc 1 1\nmark\nalloc 1 1\nreset\nsum 1\nsum 2\n";
    let refused = Pair::of("allocator").script(script).code(2);
    refused.stderr("error: line 6: 2 is not alive\n");
}

#[test]
fn a_block_from_outside_that_is_freed_within_a_mark_stays_freed() {
    let script = "alloc 1 1\nmark\nmark\nfree 1\nreset\nreset\nfree 1\n";
    let refused = Pair::of("allocator").script(script).code(2);
    refused.stderr("error: line 7: 1 is not alive\n");
}

#[test]
fn a_new_block_holds_what_an_old_one_left() {
    let script = "alloc 4 1\nfill 1 5\nreset\nalloc 8 1\nsum 2\n";
    let done = Pair::of("allocator").script(script).success();
    done.stdout("block 1 at 0\nblock 2 at 0\nsum 20\n");
}

#[test]
fn too_many_marks_are_refused() {
    let pair = Pair::of("allocator");
    pair.script("mark\n".repeat(100)).success();
    let refused = pair.script("mark\n".repeat(101)).code(2);
    refused.stderr("error: line 101: more than 100 marks\n");
    // One that is gone leaves room for another.
    pair.script("mark\n".repeat(100) + "reset\nmark\n")
        .success();
}

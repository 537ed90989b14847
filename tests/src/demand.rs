//! What each measured case has to do, by its scale: declared once, for both languages.

use std::{num::NonZero, thread};

/// The least that a sample does; more is possible, for a runtime allocates for itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Demand {
    /// Blocks that it allocates.
    pub allocations: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// Blocks that are free again behind it: at once in Rust, after a collection in Go.
    pub frees: u64,
    /// Bytes of these.
    pub freed: u64,
    /// How many times it records, under these names together.
    pub times: Option<(&'static [&'static str], u64)>,
    /// Whether each sample works on, and so has an answer of its own.
    pub goes_on: bool,
}

/// Blocks that are allocated and free again, of so many bytes each.
fn passing(count: u64, size: u64) -> Demand {
    Demand {
        frees: count,
        freed: count * size,
        ..kept(count, size)
    }
}

/// Blocks that are allocated and stay.
fn kept(count: u64, size: u64) -> Demand {
    Demand {
        allocations: count,
        bytes: count * size,
        ..Demand::default()
    }
}

/// Nodes of which about half are replaced, six times.
fn churned(count: u64, size: u64) -> Demand {
    Demand {
        frees: 2 * count,
        freed: 2 * count * size,
        ..kept(3 * count, size)
    }
}

/// Times that are recorded.
fn timed(names: &'static [&'static str], count: u64) -> Demand {
    Demand {
        times: Some((names, count)),
        ..Demand::default()
    }
}

// One row a case, alike or not.
#[allow(clippy::match_same_arms)]
/// What a case of a topic has to do at this scale, where its answer is this; none if a topic with demands
/// says nothing of the case.
pub fn demand(topic: &str, case: &str, scale: u64, answer: &str) -> Option<Demand> {
    let nothing = Demand::default();
    let number = || answer.parse().expect("a number");
    let cores = thread::available_parallelism().map_or(1, NonZero::get) as u64;
    Some(match (topic, case) {
        ("allocation", "removable" | "observed" | "as_written") => nothing,
        ("allocation", "escaping" | "escaping_written" | "alone" | "steady") => passing(scale, 800),
        ("allocation", "batches") => passing(1000 * scale, 800),
        // Its memory may lie on the stack.
        ("allocator", "arena") => nothing,
        ("allocator", "heap") => passing(scale, 32),
        ("allocator", "pool") => kept(scale.min(1000), 32),
        ("cycles", "tree") => passing(scale, 32),
        // As many nodes as the answer counts.
        ("cycles", "binary_trees") => passing(number(), 16),
        ("cycles", "binary_trees_arena") => passing(2, 16 * (scale / 2)),
        ("deadline", "orders") => nothing,
        ("deadline", "order" | "order_held") => timed(&["order_ns"], scale),
        ("deadline", "order_mixed") => timed(&["order_ns", "order_held_ns", "queued_ns"], scale),
        ("deadline", "frames") => Demand {
            times: Some((&["frame_ns", "release_thread_ns"], 2 * scale)),
            ..passing(100 * scale.saturating_sub(32), 8)
        },
        ("deadline", "frames_held") => timed(&["frame_ns", "release_thread_ns"], 2 * scale),
        ("destruction", "open_close") => nothing,
        ("escape", "boxed_return") => passing(scale, 8),
        ("escape", "value_return") => nothing,
        ("footprint", "grown") => kept(scale, 16),
        ("footprint", "grown_i32") => kept(scale, 16),
        ("footprint", "grown_64") => kept(scale, 64),
        ("footprint", "churned") => churned(scale, 16),
        ("footprint", "churned_64") => churned(scale, 64),
        ("footprint", "grow_release") => passing(scale, 16),
        ("footprint", "boxes") => passing(scale, 64),
        ("footprint", "goal") => nothing,
        ("leaks", "lru" | "lru_slab") => nothing,
        ("leaks", "grow") => passing(scale.saturating_sub(100), 1),
        ("leaks", "churn" | "churn_in_order") => passing(scale, 64),
        ("leaks", "lru_steady" | "lru_flat") => Demand {
            goes_on: true,
            ..timed(&["after_ns", "quiet_ns"], scale.min(50_000))
        },
        ("pauses", "request") => Demand {
            times: Some((&["request_ns"], 10_000)),
            goes_on: true,
            ..passing(20_000, 1024)
        },
        ("pauses", "release") => passing(scale, 16),
        ("pauses", "cycle") => Demand {
            goes_on: true,
            ..passing(400_000, 16)
        },
        ("reclaim", "window") => passing(scale, 1024),
        ("reclaim", "batches") => passing(1000 * scale, 1024),
        ("reclaim", "release_one") => Demand {
            times: Some((&["release_ns"], scale)),
            ..passing(scale, 1024)
        },
        ("reclaim", "release_million") => passing(scale, 64),
        ("reclaim", "release_together") => passing(1, 64 * scale),
        ("reclaim", "one_large") => passing(1, scale),
        ("server", "request") => passing(scale, 1 << 20),
        ("sharing", "clone_drop_shared" | "clone_drop_alone" | "atomic_add") => nothing,
        ("sharing", "allocate_free_shared") => passing(cores * scale, 64),
        ("sharing", "allocate_free") => passing(scale, 64),
        (
            "allocation" | "allocator" | "cycles" | "deadline" | "destruction" | "escape"
            | "footprint" | "leaks" | "pauses" | "reclaim" | "server" | "sharing",
            _,
        ) => return None,
        // A new pair: its answers are compared.
        _ => nothing,
    })
}

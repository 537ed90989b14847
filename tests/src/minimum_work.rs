//! The minimum work of each measured case by its scale, for both languages.

use std::{num::NonZero, thread};

/// The minimum that a sample does. More is possible, because a runtime allocates for itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct MinimumWork {
    /// Blocks that it allocates.
    pub allocations: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// Blocks that are free again after it: at once in Rust, after a collection in Go.
    pub frees: u64,
    /// Bytes of these.
    pub freed: u64,
    /// The number of times that it records, under these names together.
    pub times: Option<(&'static [&'static str], u64)>,
    /// Whether each sample continues the work of the one before, and so has its own answer.
    pub goes_on: bool,
}

/// Blocks of this size that are allocated and freed again.
fn passing(count: u64, size: u64) -> MinimumWork {
    MinimumWork {
        frees: count,
        freed: count * size,
        ..kept(count, size)
    }
}

/// Blocks that are allocated and stay.
fn kept(count: u64, size: u64) -> MinimumWork {
    MinimumWork {
        allocations: count,
        bytes: count * size,
        ..MinimumWork::default()
    }
}

/// Nodes of which about half are replaced, six times.
fn churned(count: u64, size: u64) -> MinimumWork {
    MinimumWork {
        frees: 2 * count,
        freed: 2 * count * size,
        ..kept(3 * count, size)
    }
}

/// Times that are recorded.
fn timed(names: &'static [&'static str], count: u64) -> MinimumWork {
    MinimumWork {
        times: Some((names, count)),
        ..MinimumWork::default()
    }
}

/// What a case of a topic has to do at this scale, where its answer is this; `None` if this file names the topic but
/// not the case.
pub fn minimum_work(topic: &str, case: &str, scale: u64, answer: &str) -> Option<MinimumWork> {
    match topic {
        "allocation" => allocation(case, scale),
        "allocator" => allocator(case, scale),
        "cycles" => cycles(case, scale, answer),
        "deadline" => deadline(case, scale),
        "destruction" => (case == "open_close").then(MinimumWork::default),
        "escape" => escape(case, scale),
        "footprint" => footprint(case, scale),
        "leaks" => leaks(case, scale),
        "pauses" => pauses(case, scale),
        "reclaim" => reclaim(case, scale),
        "server" => server(case, scale),
        "sharing" => sharing(case, scale),
        // A new pair: its answers are compared.
        _ => Some(MinimumWork::default()),
    }
}

fn allocation(case: &str, scale: u64) -> Option<MinimumWork> {
    Some(match case {
        "removable" | "observed" | "as_written" => MinimumWork::default(),
        "escaping" | "escaping_written" | "alone" | "steady" => passing(scale, 800),
        "batches" => passing(1000 * scale, 800),
        // Go has the texts of numbers below 100 at hand.
        "texts" | "texts_shared" | "texts_fast_hash" => passing(9_900 * scale, 3),
        "texts_inline" => passing(scale, 16 * 10_000),
        "read_all" | "read_all_grown" | "read_all_sized" => {
            passing(((16 << 20) / scale).min(1 << 14), scale)
        }
        _ => return None,
    })
}

fn allocator(case: &str, scale: u64) -> Option<MinimumWork> {
    Some(match case {
        // Its memory may lie on the stack.
        "arena" => MinimumWork::default(),
        "heap" => passing(scale, 32),
        "blocks_tracked" => passing(100 * scale, 8),
        "pool" => kept(scale.min(1000), 32),
        _ => match case.split_once('_')? {
            ("bump", _) => MinimumWork::default(),
            ("blocks", size) => passing(100 * scale, size.parse().ok()?),
            _ => return None,
        },
    })
}

fn cycles(case: &str, scale: u64, answer: &str) -> Option<MinimumWork> {
    Some(match case {
        "tree" => passing(scale, 32),
        // As many nodes as the answer counts.
        "binary_trees" => passing(answer.parse().expect("a number"), 16),
        "binary_trees_arena" => passing(2, 16 * (scale / 2)),
        _ => return None,
    })
}

fn deadline(case: &str, scale: u64) -> Option<MinimumWork> {
    let frames: &[&str] = &["frame_ns", "release_thread_ns"];
    Some(match case {
        "orders" => MinimumWork::default(),
        "order" | "order_held" => timed(&["order_ns"], scale),
        "order_mixed" => timed(&["order_ns", "order_held_ns", "queued_ns"], scale),
        "frames" => MinimumWork {
            times: Some((frames, 2 * scale)),
            ..passing(100 * scale.saturating_sub(32), 8)
        },
        "frames_held" => timed(frames, 2 * scale),
        _ => return None,
    })
}

fn escape(case: &str, scale: u64) -> Option<MinimumWork> {
    Some(match case {
        "boxed_return" => passing(scale, 8),
        "value_return" => MinimumWork::default(),
        _ => return None,
    })
}

fn footprint(case: &str, scale: u64) -> Option<MinimumWork> {
    Some(match case {
        "grown" | "grown_i32" => kept(scale, 16),
        "grown_64" => kept(scale, 64),
        "churned" => churned(scale, 16),
        "churned_64" => churned(scale, 64),
        "grow_release" => passing(scale, 16),
        "boxes" => passing(scale, 64),
        "goal" => MinimumWork::default(),
        "fresh_pointers" | "written_pointers" => kept(1, 8 * scale),
        "fresh_bytes" => kept(1, scale),
        "recycled_pointers" => passing(1, 8 * scale),
        _ => return None,
    })
}

fn leaks(case: &str, scale: u64) -> Option<MinimumWork> {
    Some(match case {
        "lru" | "lru_fast_hash" | "lru_slab" | "hash_hit" | "hash_hit_fast"
        | "hash_hit_identity" | "hash_miss" | "hash_miss_fast" | "hash_words"
        | "hash_words_fast" => MinimumWork::default(),
        "grow" => passing(scale.saturating_sub(100), 1),
        "churn" | "churn_in_order" => passing(scale, 64),
        "emptied_48" => passing(1, 48 * scale),
        "emptied_128" => passing(1, 128 * scale),
        "emptied_1k" => passing(1, 1024 * scale),
        "emptied_48_behind" => passing(scale, 48),
        "hash_set" | "hash_set_fast" => passing((100_000 / scale).max(1), 8 * scale),
        "lru_steady" | "lru_steady_fast_hash" | "lru_flat" => MinimumWork {
            goes_on: true,
            ..timed(&["after_ns", "quiet_ns"], scale.min(50_000))
        },
        _ => return None,
    })
}

fn pauses(case: &str, scale: u64) -> Option<MinimumWork> {
    Some(match case {
        "request" => MinimumWork {
            times: Some((&["request_ns"], 10_000)),
            goes_on: true,
            ..passing(20_000, 1024)
        },
        "release" => passing(scale, 16),
        "drop_here" | "drop_elsewhere" => MinimumWork {
            times: Some((&["next_ns"], 100_000)),
            ..passing(scale + 100_000, 12)
        },
        "marking" | "marking_idle" => MinimumWork::default(),
        "marking_allocating" => passing(5_000_000 * cores(), 64),
        "cycle" => MinimumWork {
            goes_on: true,
            ..passing(400_000, 16)
        },
        _ => return None,
    })
}

fn reclaim(case: &str, scale: u64) -> Option<MinimumWork> {
    Some(match case {
        "window" => passing(scale, 1024),
        "batches" => passing(1000 * scale, 1024),
        "release_one" => MinimumWork {
            times: Some((&["release_ns"], scale)),
            ..passing(scale, 1024)
        },
        "release_million" => passing(scale, 64),
        "release_together" => passing(1, 64 * scale),
        "one_large" => passing(1, scale),
        _ => return None,
    })
}

fn server(case: &str, scale: u64) -> Option<MinimumWork> {
    Some(match case {
        "request" => passing(scale, 1 << 20),
        // Go keeps what it needs of a goroutine for the next one.
        "tasks" | "tasks_1k" | "tasks_2k" | "tasks_timer" => kept(scale, 16),
        _ => return None,
    })
}

fn sharing(case: &str, scale: u64) -> Option<MinimumWork> {
    Some(match case {
        "clone_drop_shared"
        | "clone_drop_alone"
        | "clone_drop_two"
        | "clone_drop_own"
        | "clone_drop_work"
        | "clone_drop_work_alone"
        | "atomic_add" => MinimumWork::default(),
        "allocate_free_shared" => passing(cores() * scale, 64),
        "allocate_free" => passing(scale, 64),
        _ => return None,
    })
}

/// How many threads can run at the same time.
fn cores() -> u64 {
    thread::available_parallelism().map_or(1, NonZero::get) as u64
}

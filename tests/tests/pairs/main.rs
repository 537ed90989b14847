//! The tests of the pairs, a file each. `build.rs` finds them, so that a new pair changes no list.

include!(concat!(env!("OUT_DIR"), "/pairs.rs"));

// Twin: crates/pair/src/timed.rs

//go:build !timed

package pair

// Timed is whether this is a build that is timed, which leaves out scripts and facts.
const Timed = false

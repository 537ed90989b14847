// Twin: crates/pair/src/timed.rs

//go:build timed

package pair

// Timed is whether this is a build that is timed. What is not called is not linked, so such a program holds its
// cases, and nothing else.
const Timed = true

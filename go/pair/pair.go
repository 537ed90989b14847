// Twin: crates/pair/src/lib.rs

// Package pair is what every topic's program has in common: its commands, how it reads a script, how it
// fails, how it counts what lives and what was freed.
//
// A topic describes itself in a [Topic]; [Main] does the rest.
package pair

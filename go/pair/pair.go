// Twin: crates/pair/src/lib.rs

// Package pair is what every topic's program has in common: its commands, how it reads a script, how it
// fails, how it counts what lives and what was freed.
//
// It depends on no other package of the project; each topic depends on it. A topic describes itself in a
// [Topic]; [Main] does the rest. Start with command.go (the commands), script.go (how a script is read) and
// measure.go (how a case is timed).
package pair

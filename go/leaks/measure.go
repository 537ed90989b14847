// Twin: crates/leaks/src/measure.rs

package leaks

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases []pair.Case

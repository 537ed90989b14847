// Twin: crates/pauses/src/measure.rs

package pauses

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases []pair.Case

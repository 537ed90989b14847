// Twin: crates/reclaim/src/measure.rs

package reclaim

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases []pair.Case

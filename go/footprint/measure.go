// Twin: crates/footprint/src/measure.rs

package footprint

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases []pair.Case

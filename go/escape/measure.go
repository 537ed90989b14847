// Twin: crates/escape/src/measure.rs

package escape

import "memory.example/pairs/pair"

// Cases are the measured cases.
var Cases []pair.Case
